import type { Signal } from "../../../data/schema/signal.ts";
import { formatNumber, formatSigned } from "../format/number.ts";

/** Raw values, or the model's input: z-scores, of a volatility model the raw values. */
export type FeatureScale = "normalized" | "raw";

/** Name, scale and format of a feature. */
export interface FeatureStyle {
  readonly name: string;
  readonly title: string;
  /** Formula of the raw value, in words. */
  readonly definition: string;
  /** Unit in which the raw value is shown. */
  readonly unit: string;
  /** Whether the raw value can be negative. */
  readonly signed: boolean;
  /** The displayed value; raw values are in `unit`. Undefined if the signal lacks it. */
  value(signal: Signal, scale: FeatureScale): number | undefined;
  /** Formats a raw value from {@linkcode value}, with its unit. */
  formatRaw(value: number): string;
}

interface Known {
  readonly title: string;
  readonly definition: string;
  readonly unit: string;
  readonly factor: number;
  readonly decimals: number;
  readonly signed: boolean;
}

const KNOWN: Readonly<Record<string, Known>> = {
  momentum: {
    title: "Momentum",
    definition: "log return of the close",
    unit: "bp",
    factor: 1e4,
    decimals: 1,
    signed: true,
  },
  volatility_proxy: {
    title: "Volatility proxy",
    definition: "(high − low) / open",
    unit: "bp",
    factor: 1e4,
    decimals: 1,
    signed: false,
  },
  activity_ratio: {
    title: "Activity ratio",
    definition: "volume / 20-minute mean",
    unit: "×",
    factor: 1,
    decimals: 2,
    signed: false,
  },
};

/** The style of a feature by its name. Unknown features are shown without scale and unit. */
export function featureStyle(name: string): FeatureStyle {
  const known = KNOWN[name] ?? {
    title: titleOf(name),
    definition: "",
    unit: "",
    factor: 1,
    decimals: 4,
    signed: true,
  };
  const format = known.signed ? formatSigned : formatNumber;
  return {
    name,
    title: known.title,
    definition: known.definition,
    unit: known.unit,
    signed: known.signed,
    value(signal, scale) {
      const normalized = signal.normalized[name];
      if (scale === "normalized" && normalized !== undefined) return normalized ?? undefined;
      const raw = signal.features[name] ?? undefined;
      return raw === undefined ? undefined : raw * known.factor;
    },
    formatRaw: (value) => `${format(value, known.decimals)} ${known.unit}`.trimEnd(),
  };
}

/** A field's name as words: `activity_ratio` is `Activity ratio`. */
export function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
