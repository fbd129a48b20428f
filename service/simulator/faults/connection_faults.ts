import type { Random } from "../simulated/random.ts";
import { type Emit, FrameFaults, type OutgoingFrame } from "./frame_faults.ts";
import type { ConnectionFault, FaultPlan } from "./plan.ts";
import type { Tally } from "./tally.ts";
import { Chance, Timing } from "./timing.ts";

/** Close codes (RFC 6455 section 7.4.1): "going away" and "policy violation". */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

/** The connection that frames go to after their faults. */
export interface FrameSink {
  send(bytes: Uint8Array, binary: boolean): void;
  /** Closes with a code, after the frames already sent. */
  close(code: number, reason: string): void;
  /** Resets the TCP connection; frames in flight may be lost. */
  reset(): void;
}

/** Parts of {@link ConnectionFaults}. */
export interface ConnectionFaultsOptions {
  readonly plan: FaultPlan;
  /** Exchange time at which the clock started, ms UTC. */
  readonly start: number;
  /** Exchange time at which the connection opened, ms UTC. */
  readonly openedAt: number;
  /** Gives a clause its own random numbers, by index. */
  readonly random: (index: number) => Random;
  readonly tally: Tally;
  /** Encodes the shutdown notice for this client, at an exchange time. */
  readonly shutdownNotice: (time: number) => Uint8Array;
}

/** A fault of the connection at a known time. */
interface Scheduled {
  next: number;
  readonly strike: (time: number) => void;
  readonly after: (time: number) => number;
}

/**
 * The faults that one connection's frames pass. It has no timer: frames and
 * {@link ConnectionFaults.advance} move its time, so that the same frames have the same faults at any
 * speed. Times are the exchange's, ms UTC.
 */
export class ConnectionFaults {
  readonly #sink: FrameSink;
  readonly #options: ConnectionFaultsOptions;
  readonly #frames: FrameFaults;
  readonly #scheduled: Scheduled[] = [];
  readonly #chances: { readonly chance: Chance; readonly strike: (time: number) => void }[] = [];
  #silentUntil = -Infinity;
  #ended = false;
  #next = Infinity;

  constructor(sink: FrameSink, options: ConnectionFaultsOptions) {
    const { plan, start, openedAt, random, tally } = options;
    this.#sink = sink;
    this.#options = options;
    const emit: Emit = ({ bytes, binary }, time) => {
      if (!this.#ended && time >= this.#silentUntil) sink.send(bytes, binary);
    };
    this.#frames = new FrameFaults(plan.frames, start, random, tally, emit);
    for (const { fault, when, name, index } of plan.connections) {
      const strike = (time: number) => {
        tally.add(name);
        this.#strike(fault, time);
      };
      if (when.rate !== undefined) {
        this.#chances.push({ chance: new Chance(when, start, random(index)), strike });
      } else {
        const timing = new Timing(when, start);
        const next = timing.next(openedAt - 1);
        this.#schedule({ next, strike, after: (time) => timing.next(time) });
      }
    }
    if (plan.lifetime !== undefined) this.#scheduleEnd(openedAt + plan.lifetime);
  }

  /** Passes on a frame that is due now. */
  send(frame: OutgoingFrame): void {
    this.advance(frame.time);
    for (const { chance, strike } of this.#chances) {
      if (!this.#ended && chance.hits(frame.time)) strike(frame.time);
    }
    if (!this.#ended && frame.time >= this.#silentUntil) this.#frames.pass(frame);
  }

  /** Applies the faults that are due up to an exchange time, inclusive. */
  advance(time: number): void {
    while (!this.#ended && this.#next <= time) {
      const first = this.#scheduled.find(({ next }) => next === this.#next);
      this.#frames.releaseDue(this.#next);
      if (first) {
        const now = first.next;
        first.next = first.after(now);
        first.strike(now);
      }
      this.#findNext();
    }
    if (this.#frames.nextDue <= time) this.#frames.releaseDue(time);
  }

  /** Releases held frames; no frame will follow. */
  flush(time: number): void {
    this.#frames.flush(time);
  }

  /** Announces a shutdown, and closes the connection after a lead of exchange time. */
  shutdown(time: number, lead: number): void {
    if (this.#ended) return;
    this.#options.tally.add("shutdown");
    this.#strike({ kind: "shutdown", lead }, time);
  }

  #strike(fault: ConnectionFault, time: number): void {
    if (fault.kind === "stall") {
      this.#silentUntil = Math.max(this.#silentUntil, time + fault.duration);
    } else if (fault.kind === "shutdown") {
      this.#sink.send(this.#options.shutdownNotice(time), false);
      this.#schedule({
        next: time + fault.lead,
        strike: () => this.#end(() => this.#sink.close(GOING_AWAY, "server shutdown")),
        after: () => Infinity,
      });
    } else if (fault.kind === "close") {
      this.#end(() => this.#sink.close(fault.code, "fault"));
    } else {
      this.#end(() => this.#sink.reset());
    }
  }

  #scheduleEnd(time: number): void {
    this.#schedule({
      next: time,
      strike: () => {
        this.#options.tally.add("lifetime");
        this.#end(() => this.#sink.close(POLICY_VIOLATION, "connection lifetime is over"));
      },
      after: () => Infinity,
    });
  }

  #schedule(scheduled: Scheduled): void {
    this.#scheduled.push(scheduled);
    this.#findNext();
  }

  #findNext(): void {
    this.#next = this.#scheduled.reduce((least, { next }) => Math.min(least, next), Infinity);
  }

  #end(cut: () => void): void {
    this.#ended = true;
    this.#options.tally.disconnect();
    cut();
  }
}
