import { labelKey, type Signal } from "../../../data/schema/signal.ts";
import type { Status } from "../../../data/schema/status.ts";
import type { Model } from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is Record<string, number> {
  return isFields(value) && Object.values(value).every((each) => typeof each === "number");
}

const SIGNAL_NUMBERS = [
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "anomaly_score",
  "regime_state",
  "confidence",
  "seconds_in_state",
];

/** Whether a decoded JSON value is a signal that the page can draw. */
export function isSignal(value: unknown): value is Signal {
  return isFields(value) &&
    SIGNAL_NUMBERS.every((name) => typeof value[name] === "number") &&
    typeof value["symbol"] === "string" &&
    typeof value["source"] === "string" &&
    typeof value["quality"] === "string" &&
    typeof value["final"] === "boolean" &&
    typeof value["is_anomaly"] === "boolean" &&
    typeof value["regime_name"] === "string" &&
    isNumbers(value["features"]) &&
    isNumbers(value["normalized"]) &&
    isNumbers(value["regime_probabilities"]) &&
    isFields(value["models"]);
}

/** Whether a decoded JSON value is a status of the service. */
export function isStatus(value: unknown): value is Status {
  return isFields(value) &&
    typeof value["source"] === "string" &&
    typeof value["connection"] === "string" &&
    typeof value["message"] === "string" &&
    Array.isArray(value["models"]) &&
    Array.isArray(value["symbols"]);
}

/** The names in an answer of `/api/v1/symbols`. */
export function decodeSymbols(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) =>
    isFields(each) && typeof each["symbol"] === "string" ? [each["symbol"]] : []
  );
}

/** The models in an answer of `/api/v1/models`; what an artifact leaves out is null or empty. */
export function decodeModels(value: unknown): readonly Model[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => isFields(each) ? [decodeModel(each)] : []);
}

function decodeModel(artifact: Fields): Model {
  const forest = fieldsOf(artifact["forest"]);
  const hmm = fieldsOf(artifact["hmm"]);
  const training = fieldsOf(artifact["training"]);
  const period = fieldsOf(training["period"]);
  const [from, to] = [timeOf(period["from"]), timeOf(period["to"])];
  return {
    name: textOf(artifact["name"]) ?? "unnamed",
    primary: artifact["primary"] === true,
    fingerprint: textOf(artifact["fingerprint"]) ?? "",
    loaded: timeOf(artifact["loaded"]),
    preset: textOf(fieldsOf(artifact["features"])["preset"]),
    offset: numberOf(forest["offset"]),
    contamination: numberOf(forest["contamination"]),
    regimes: textsOf(hmm["labels"]).map(labelKey),
    trainedOn: textOf(training["symbol"]),
    rows: numberOf(training["rows"]),
    period: from === null || to === null ? null : { from, to },
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function timeOf(value: unknown): number | null {
  const time = Date.parse(textOf(value) ?? "");
  return Number.isNaN(time) ? null : time;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === "string")
    : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
