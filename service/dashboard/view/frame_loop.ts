/**
 * Coalesces changes into one redraw a frame: `mark(part)` may be called any number
 * of times, `draw` is called once before the next paint with all parts that changed.
 * A hidden page draws nothing until it is seen.
 */
export function createFrameLoop<Part>(
  draw: (changed: ReadonlySet<Part>) => void,
): (part: Part) => void {
  let changed = new Set<Part>();
  return (part) => {
    if (changed.size === 0) {
      requestAnimationFrame(() => {
        const parts = changed;
        changed = new Set();
        draw(parts);
      });
    }
    changed.add(part);
  };
}
