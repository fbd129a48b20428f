/** The dashboard's light palette, see `service/dashboard/styles/tokens.css`. */
export const INK = {
  ink: "#10151c",
  soft: "#47525f",
  faint: "#626d7a",
  line: "#c6cdd5",
  grid: "#e6eaee",
  panel: "#ffffff",
} as const;

/** The main series, and one to compare it with. */
export const SERIES = { main: "#1f72cf", other: "#d9650d", anomaly: "#c8127a" } as const;

const REGIMES: Readonly<Record<string, string>> = {
  "Bearish Extreme": "#d9650d",
  "Normal Market": "#a3adba",
  "Bullish Extreme": "#1f72cf",
  "Calm": "#8fb3ab",
  "Normal": "#c79a1e",
  "Turbulent": "#8a3fd1",
};
/** Colours for models with other numbers of regimes. */
const FURTHER = ["#1a7f56", "#c8127a", "#596675", "#155fb3", "#ad4a00"];

/** Colours of regimes, by their labels. */
export function regimeColors(labels: readonly string[]): readonly string[] {
  return labels.map((label, k) => REGIMES[label] ?? FURTHER[k % FURTHER.length] ?? INK.soft);
}
