import type { VolatilityArtifact } from "../artifact/read.ts";
export function formatVolatilityCard(artifact: VolatilityArtifact): string {
  return artifact.name;
}
