const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]] as const;

/** A duration in its two largest units: `45 s`, `4 min`, `1 h 30 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, length]) => whole >= length);
  if (first < 0) return "0 s";
  let rest = whole;
  const parts: string[] = [];
  for (const [unit, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}

/** An age: in tenths of a second below ten seconds, else as a duration. */
export function formatAge(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  return age < 10_000 ? `${(age / 1000).toFixed(1)} s` : formatDuration(age / 1000);
}
