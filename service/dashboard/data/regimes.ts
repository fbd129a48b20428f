import type { ReadyOutput } from "../../../data/schema/signal.ts";
import type { Posterior } from "./posteriors.ts";

/** Regimes of the default model. The page reserves space for them until the first signal. */
export const EXPECTED_REGIMES = ["calm", "normal", "turbulent"];

/** A period in one regime without interruption. */
export interface RegimeRun {
  readonly state: number;
  /** Start of the run, ms UTC. */
  readonly from: number;
  /** End of the run, excluded. */
  readonly to: number;
}

/** The runs of equal regimes in posteriors sorted by time. A missing minute ends a run. */
export function regimeRuns(posteriors: readonly Posterior[]): readonly RegimeRun[] {
  const runs: RegimeRun[] = [];
  for (const { from, to, state } of posteriors) {
    const current = runs.at(-1);
    if (current?.state === state && current.to === from) {
      runs[runs.length - 1] = { ...current, to };
    } else {
      runs.push({ state, from, to });
    }
  }
  return runs;
}

/** A regime's name from its key: `bearish_extreme` is `Bearish Extreme`. */
export function regimeName(key: string): string {
  return key.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** The first word of a regime's name, for narrow spaces. */
export function regimeShortName(key: string): string {
  return regimeName(key.split("_")[0] ?? key);
}

/**
 * A CSS colour for each regime, in canonical order. Directional regimes run from the colour of
 * falling through grey to the colour of rising, volatility regimes from calm to crisis. Colours
 * are interpolated between three anchors for any number of regimes.
 */
export function regimeColours(keys: readonly string[]): readonly string[] {
  const directional = keys.some((key) => key.startsWith("bear"));
  const [low, middle, high] = directional
    ? ["var(--bear)", "var(--neutral)", "var(--bull)"] as const
    : ["var(--calm)", "var(--volatile)", "var(--crisis)"] as const;
  return keys.map((_, index) => {
    const position = keys.length < 2 ? 1 : 2 * index / (keys.length - 1);
    const [near, far] = position < 1 ? [low, middle] : [middle, high];
    const share = Math.round((position % 1) * 100);
    if (position === 2) return high;
    return share === 0 ? near : `color-mix(in oklab, ${near}, ${far} ${share}%)`;
  });
}

/** The CSS colour of the regime that an output names. */
export function regimeColour({ probabilities, state }: ReadyOutput): string {
  return regimeColours(Object.keys(probabilities))[state] ?? "var(--neutral)";
}
