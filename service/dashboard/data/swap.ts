import type { ModelStatus } from "../../../data/schema/status.ts";
import { modelTitle, shortFingerprint } from "./model.ts";

/** What of a model tells it from another. */
type Known = Pick<ModelStatus, "name" | "fingerprint">;

/** The models that went live in the place of others, in words; empty when none did. */
export function describeSwap(before: readonly Known[], after: readonly Known[]): string {
  const held = new Set(before.map(({ fingerprint }) => fingerprint));
  return after.filter(({ fingerprint }) => !held.has(fingerprint)).map(({ name, fingerprint }) => {
    const old = before.find((model) => model.name === name);
    const was = old === undefined ? "" : `, was ${shortFingerprint(old.fingerprint)}`;
    return `${modelTitle(name)} model ${shortFingerprint(fingerprint)} is live${was}`;
  }).join("; ");
}
