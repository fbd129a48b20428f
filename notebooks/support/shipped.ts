import { readFileSync } from "node:fs";
import {
  type Artifact,
  type HmmArtifact,
  parseArtifact,
  requireHmm,
  type VolatilityArtifact,
} from "../../models/artifact/read.ts";
import { ROOT } from "./choose_history.ts";

function read(name: string): Artifact {
  const path = `${ROOT}models/${name}.json`;
  return parseArtifact(readFileSync(path, "utf8"), path);
}

/** The classic model as it is shipped. */
export function shippedClassic(): HmmArtifact {
  return requireHmm(read("classic"));
}

/** The volatility model as it is shipped. */
export function shippedVolatility(): VolatilityArtifact {
  const artifact = read("volatility");
  if ("forecast" in artifact) return artifact;
  throw new TypeError(
    "Cannot read the shipped volatility model as its preset must be volatility: " +
      `current value is ${artifact.features.preset}`,
  );
}
