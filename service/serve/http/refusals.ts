/** Why clients are refused or dropped. */
export const REFUSALS = [
  "connections",
  "address",
  "streams",
  "history",
  "stalled",
  "pipelined",
] as const;

/** A reason. */
export type Refusal = typeof REFUSALS[number];

/** Counts who was refused, or dropped, and why. */
export class Refusals {
  readonly #counts = new Map<Refusal, number>(REFUSALS.map((reason) => [reason, 0]));

  add(reason: Refusal): void {
    this.#counts.set(reason, this.count(reason) + 1);
  }

  count(reason: Refusal): number {
    return this.#counts.get(reason) ?? 0;
  }
}
