import type { Random } from "../simulated/random.ts";
import { garbage, mispriced, mistyped, truncated, type WireFrame } from "./damage.ts";
import { HeldFrames } from "./held_frames.ts";
import type { Clause, FrameFault } from "./plan.ts";
import type { Tally } from "./tally.ts";
import { Chance } from "./timing.ts";

/** A frame for a client, before any fault. */
export interface OutgoingFrame {
  /** Its stream. Frames are reordered within a stream. */
  readonly stream: string;
  /** Exchange time of its event, ms UTC. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

/** Sends a frame at an exchange time, ms UTC. */
export type Emit = (frame: WireFrame, time: number) => void;

interface Draw {
  readonly fault: FrameFault;
  readonly name: string;
  readonly chance: Chance;
  readonly random: Random;
}

/** The stages that a frame passes, in this order. */
interface Stages {
  readonly extra: readonly Draw[];
  readonly loss: readonly Draw[];
  readonly damage: readonly Draw[];
  readonly copy: readonly Draw[];
  readonly hold: readonly Draw[];
}

const STAGE: Readonly<Record<FrameFault["kind"], keyof Stages>> = {
  garbage: "extra",
  drop: "loss",
  truncate: "damage",
  "wrong-types": "damage",
  "absurd-prices": "damage",
  duplicate: "copy",
  delay: "hold",
  reorder: "hold",
};

/** Applies a damaging fault to a frame. */
function damage(kind: FrameFault["kind"], bytes: Uint8Array, random: Random): Uint8Array {
  if (kind === "truncate") return truncated(bytes, random);
  return kind === "wrong-types" ? mistyped(bytes, random) : mispriced(bytes, random);
}

/**
 * The faults of one connection's frames. A frame may be preceded by garbage, dropped or damaged. It
 * is then sent once or twice, each time at once, late or overtaken. A frame has at most one fault of
 * each of these stages.
 */
export class FrameFaults {
  readonly #stages: Stages;
  readonly #tally: Tally;
  readonly #emit: Emit;
  readonly #held: HeldFrames;

  /**
   * @param start Exchange time at which the clock started, ms UTC.
   * @param random Gives a clause its own random numbers, by index.
   */
  constructor(
    clauses: readonly Clause<FrameFault>[],
    start: number,
    random: (index: number) => Random,
    tally: Tally,
    emit: Emit,
  ) {
    const draws = clauses.map(({ fault, when, name, index }) => {
      const own = random(index);
      return { fault, name, chance: new Chance(when, start, own), random: own };
    });
    const of = (stage: keyof Stages) => draws.filter(({ fault }) => STAGE[fault.kind] === stage);
    this.#stages = {
      extra: of("extra"),
      loss: of("loss"),
      damage: of("damage"),
      copy: of("copy"),
      hold: of("hold"),
    };
    this.#tally = tally;
    this.#emit = emit;
    this.#held = new HeldFrames((bytes, time) => emit({ bytes, binary: false }, time));
  }

  /** When the next delayed frame is due, ms UTC; Infinity when none is held. */
  get nextDue(): number {
    return this.#held.nextDue;
  }

  /** Sends the delayed frames that are due. */
  releaseDue(time: number): void {
    this.#held.releaseDue(time);
  }

  /** Sends all held frames. */
  flush(time: number): void {
    this.#held.flush(time);
  }

  /** Passes on a frame that is due now. */
  pass({ stream, time, bytes }: OutgoingFrame): void {
    const extra = this.#hit(this.#stages.extra, time);
    if (extra) this.#emit(garbage(extra.random), time);
    if (this.#hit(this.#stages.loss, time)) return;
    const damaging = this.#hit(this.#stages.damage, time);
    const sent = damaging ? damage(damaging.fault.kind, bytes, damaging.random) : bytes;
    const copies = this.#hit(this.#stages.copy, time) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#sendOrHold(stream, time, sent);
  }

  #sendOrHold(stream: string, time: number, bytes: Uint8Array): void {
    const holding = this.#hit(this.#stages.hold, time);
    if (holding?.fault.kind === "delay") {
      const { from, to } = holding.fault;
      this.#held.holdUntil(time + from + (to - from) * holding.random.uniform(), bytes);
    } else if (holding?.fault.kind === "reorder") {
      const behind = 1 + Math.floor(holding.random.uniform() * holding.fault.within);
      this.#held.holdBehind(behind, stream, bytes);
    } else {
      this.#emit({ bytes, binary: false }, time);
      this.#held.overtake(stream, time);
    }
  }

  /** The first fault of a stage that occurs, counted. All are drawn, so that none affects another. */
  #hit(stage: readonly Draw[], time: number): Draw | undefined {
    let first: Draw | undefined;
    for (const draw of stage) {
      if (draw.chance.hits(time)) first ??= draw;
    }
    if (first) this.#tally.add(first.name);
    return first;
  }
}
