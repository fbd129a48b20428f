import { type FrameStyle, serverShutdownFrame } from "../frames.ts";
import { Random } from "../simulated/random.ts";
import { ConnectionFaults, type FrameSink } from "./connection_faults.ts";
import { HttpFaults } from "./http_faults.ts";
import { MarketFaults } from "./market_faults.ts";
import type { Clause, FaultPlan, TimeFault } from "./plan.ts";
import { Tally } from "./tally.ts";
import { Chance } from "./timing.ts";

/** Seeds random numbers that belong to no connection. */
const NO_CONNECTION = -1;

const encoder = new TextEncoder();

/** All faults of one simulator. */
export class Faults {
  /** Counts so far. */
  readonly tally: Tally;
  readonly http: HttpFaults;
  readonly markets: MarketFaults;
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
    this.markets = new MarketFaults(plan.markets, start);
    this.#times = times.map((clause) => ({ ...clause, chance: chance(clause) }));
  }

  /** Whether the plan has any fault. */
  get any(): boolean {
    const { frames, connections, http, times, markets, lifetime } = this.#plan;
    return [frames, connections, http, times, markets].some(({ length }) => length > 0) ||
      lifetime !== undefined;
  }

  /**
   * Makes the faults of the next connection.
   *
   * @param openedAt Exchange time from which on the client gets frames, ms UTC.
   * @param style The form of the client's frames.
   */
  connect(sink: FrameSink, openedAt: number, style: FrameStyle): ConnectionFaults {
    const connection = this.#connections++;
    return new ConnectionFaults(sink, {
      plan: this.#plan,
      start: this.#start,
      openedAt,
      random: (index) => this.#random(connection, index),
      tally: this.tally,
      shutdownNotice: (time) => encoder.encode(serverShutdownFrame(time, style)),
    });
  }

  /** The time that the exchange reports at an exchange time, ms UTC. */
  reportedTime(time: number): number {
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
