/**
 * Combines changes into one redraw per frame: `draw` is called once before the next paint with
 * all parts that changed. A hidden page is drawn when it becomes visible.
 *
 * @returns Marks a part as changed.
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
