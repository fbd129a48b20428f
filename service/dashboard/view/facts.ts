import { html, setAttribute, setText } from "./dom.ts";

/** A line of a list of facts. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Whether the value is a warning. */
  readonly warn?: boolean;
}

/** A definition list of facts. Only changed values are written. */
export function createFacts(list: HTMLElement): (facts: readonly Fact[]) => void {
  let names = "";
  let cells: readonly HTMLElement[] = [];
  return (facts) => {
    const wanted = facts.map(({ name }) => name).join();
    if (wanted !== names) {
      names = wanted;
      cells = facts.map(() => html("dd", ""));
      list.replaceChildren(
        ...facts.flatMap(({ name }, index) => [html("dt", "", name), cells[index] ?? ""]),
      );
    }
    for (const [index, { value, warn }] of facts.entries()) {
      const cell = cells[index];
      if (cell === undefined) continue;
      setText(cell, value);
      setAttribute(cell, "data-tone", warn === true ? "warn" : "plain");
    }
  };
}
