import { html } from "./dom.ts";

/** An option of a segmented control. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** Appends radio buttons in the style of a segmented control to a fieldset. */
export function createSegmented<T extends string>(
  fieldset: HTMLElement,
  choices: readonly Choice<T>[],
  chosen: T,
  onChoose: (value: T) => void,
): void {
  for (const { value, label } of choices) {
    const input = html("input", "");
    input.type = "radio";
    input.name = fieldset.id;
    input.value = value;
    input.checked = value === chosen;
    input.addEventListener("change", () => onChoose(value));
    fieldset.append(html("label", "", input, label));
  }
}
