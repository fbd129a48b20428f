/** Model artifacts: reading, validating, fingerprinting and formatting. */
import { createHash } from "node:crypto";
import { type Artifact, artifactSchema, type HmmArtifact } from "./artifact.ts";
import { errorMessage, UsageError } from "../../data/common/errors.ts";

export type { Artifact, FittedArtifact, HmmArtifact, VolatilityArtifact } from "./artifact.ts";
export { labelsOf } from "./artifact.ts";
export type { Scorecard } from "./scorecard.ts";

/** Thrown for an invalid artifact; the message is one line. */
export class ArtifactError extends UsageError {
  override readonly name = "ArtifactError";
}

/** A path such as `hmm.transmat[1]`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const reason = errorMessage(cause);
    throw new ArtifactError(`${file}: must be a model artifact in JSON: ${oneLine(reason)}`, {
      cause,
    });
  }
}

/**
 * Reads an artifact.
 *
 * @param text Content of the file.
 * @param file Name of the file, for messages.
 * @throws ArtifactError with the file, the path of the first invalid field and what is allowed.
 */
export function parseArtifact(text: string, file: string): Artifact {
  const parsed = artifactSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = formatPath(issue?.path ?? []);
  throw new ArtifactError(
    `${file}: ${path === "" ? "" : `${path}: `}${oneLine(issue?.message ?? "invalid")}`,
  );
}

/** JSON with sorted keys and without spaces. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)}}`;
}

/** What an artifact computes of a bar, without what only describes it. */
function computedPart(artifact: Artifact) {
  const { name, features } = artifact;
  if (!("forecast" in artifact)) {
    return { name, features, forest: artifact.forest, hmm: artifact.hmm };
  }
  const { inputs: _inputs, log_score: _logScore, baseline: _baseline, ...forecast } =
    artifact.forecast;
  return { name, features, forecast };
}

/**
 * Identifies what a model computes: the first 12 hexadecimal digits of the SHA-256 of its name,
 * features and parameters, independent of formatting, training time, scorecard and of what its
 * forecasts are judged by.
 *
 * @param text Content of a valid artifact.
 */
export function fingerprint(text: string): string {
  const content = canonicalJson(computedPart(artifactSchema.parse(JSON.parse(text))));
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

/** Whether a value is plain, or a list or record of plain values. */
function isFlat(value: unknown): boolean {
  return Object.values(value ?? {}).every((item) => typeof item !== "object" || item === null);
}

/**
 * The text of an artifact's file: readable, with a tree, a row of a matrix or a table of numbers on
 * each line.
 */
export function formatArtifact(artifact: Artifact): string {
  // Trees hold tables of numbers that belong on one line.
  const isLine = "forecast" in artifact ? isFlat : (_: unknown, depth: number) => depth === 3;
  const write = (value: unknown, depth: number, indent: string): string => {
    if (typeof value !== "object" || value === null || isLine(value, depth)) {
      return JSON.stringify(value);
    }
    const inner = `${indent} `;
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    const lines = Object.entries(value).map(([key, item]) =>
      inner + (Array.isArray(value) ? "" : `${JSON.stringify(key)}: `) +
      write(item, depth + 1, inner)
    );
    return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
  };
  return `${write(artifact, 0, "")}\n`;
}

/**
 * A model of a forest and an HMM.
 *
 * @throws ArtifactError for another.
 */
export function requireHmm(artifact: Artifact): HmmArtifact {
  if (!("forecast" in artifact)) return artifact;
  throw new ArtifactError(
    `Cannot use the model ${artifact.name} as its preset must be classic: current value is ` +
      `${artifact.features.preset}`,
  );
}
