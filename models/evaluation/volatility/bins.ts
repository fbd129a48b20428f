/** Bins of a probability: tenths. */
export const BINS = 10;

/** How often what had a probability came, by tenths of the probability. */
export interface Bins {
  readonly counts: Float64Array;
  /** Sums of the probabilities. */
  readonly chances: Float64Array;
  /** How often it came. */
  readonly events: Float64Array;
}

/** No bars yet. */
export function emptyBins(): Bins {
  const column = () => new Float64Array(BINS);
  return { counts: column(), chances: column(), events: column() };
}

/** Counts events by their probabilities; NaN is left out. */
export function binEvents(chances: Float64Array, events: Float64Array): Bins {
  const bins = emptyBins();
  for (let t = 0; t < chances.length; t++) {
    const [chance, event] = [chances[t] ?? NaN, events[t] ?? NaN];
    if (Number.isNaN(chance) || Number.isNaN(event)) continue;
    const bin = Math.min(Math.floor(chance * BINS), BINS - 1);
    bins.counts[bin] = (bins.counts[bin] ?? 0) + 1;
    bins.chances[bin] = (bins.chances[bin] ?? 0) + chance;
    bins.events[bin] = (bins.events[bin] ?? 0) + event;
  }
  return bins;
}

/** The bars of several parts together. */
export function addBins(parts: readonly Bins[]): Bins {
  const add = (a: Float64Array, b: Float64Array) => a.map((x, i) => x + (b[i] ?? NaN));
  return parts.reduce((sum, part) => ({
    counts: add(sum.counts, part.counts),
    chances: add(sum.chances, part.chances),
    events: add(sum.events, part.events),
  }), emptyBins());
}
