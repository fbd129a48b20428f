import { type FrameStyle, serverShutdownFrame } from "../frames.ts";
import { Random } from "../simulated/random.ts";
import { FaultLine, type FrameSink } from "./fault_line.ts";
import { HttpFaults } from "./http_faults.ts";
import type { Clause, FaultPlan, TimeFault } from "./plan.ts";
import { Tally } from "./tally.ts";
import { Chance } from "./timing.ts";

/** Stands for "no connection" where a connection's number seeds random numbers. */
const NO_CONNECTION = -1;

const encoder = new TextEncoder();

/** All faults of one stand-in. */
export class Faults {
  /** What happened so far. */
  readonly tally: Tally;
  readonly http: HttpFaults;
  readonly #plan: FaultPlan;
  readonly #start: number;
  readonly #times: readonly (Clause<TimeFault> & { readonly chance: Chance })[];
  #connections = 0;

  /**
   * @param start Exchange time at which the clock starts, ms UTC.
   * @param speed Exchange milliseconds per real millisecond.
   */
  constructor(plan: FaultPlan, start: number, speed: number) {
    const { frames, connections, http, times, lifetime } = plan;
    const names = [...frames, ...connections, ...http, ...times]
      .toSorted((a, b) => a.index - b.index).map(({ name }) => name)
      .filter((name) => name !== "skew");
    this.tally = new Tally(lifetime === undefined ? names : [...names, "lifetime"]);
    this.#plan = plan;
    this.#start = start;
    const chance = ({ when, index }: Clause<unknown>) =>
      new Chance(when, start, this.#random(NO_CONNECTION, index));
    this.http = new HttpFaults(
      http.map((clause) => ({ ...clause, chance: chance(clause) })),
      this.tally,
      speed,
    );
    this.#times = times.map((clause) => ({ ...clause, chance: chance(clause) }));
  }

  /** Whether anything can go wrong. */
  get any(): boolean {
    const { frames, connections, http, times, lifetime } = this.#plan;
    return frames.length + connections.length + http.length + times.length > 0 ||
      lifetime !== undefined;
  }

  /**
   * Makes the line of the next connection.
   *
   * @param openedAt Exchange time from which on the client gets frames, ms UTC.
   * @param style How the client wants its frames.
   */
  line(sink: FrameSink, openedAt: number, style: FrameStyle): FaultLine {
    const connection = this.#connections++;
    return new FaultLine(sink, {
      plan: this.#plan,
      start: this.#start,
      openedAt,
      random: (index) => this.#random(connection, index),
      tally: this.tally,
      shutdownNotice: (time) => encoder.encode(serverShutdownFrame(time, style)),
    });
  }

  /** The time that the exchange tells at a true exchange time, ms UTC. */
  toldTime(time: number): number {
    return time + this.#sum("skew", time);
  }

  /** Exchange time up to which REST knows of trades at an exchange time, ms UTC. */
  knownTime(time: number): number {
    const lag = this.#sum("rest lag", time);
    if (lag > 0) this.tally.add("rest lag");
    return time - lag;
  }

  #sum(kind: TimeFault["kind"], time: number): number {
    return this.#times.reduce(
      (sum, { fault, chance }) => fault.kind === kind && chance.hits(time) ? sum + fault.by : sum,
      0,
    );
  }

  #random(connection: number, index: number): Random {
    const random = new Random();
    random.seed(this.#plan.seed, connection, index);
    return random;
  }
}
