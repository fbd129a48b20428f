/**
 * The element with an id.
 *
 * @throws Error if there is none of this kind.
 */
export function byId<T extends Element>(id: string, kind: abstract new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) {
    throw new Error(`Cannot find the ${kind.name} #${id} on the page`);
  }
  return element;
}

/** The HTML element with an id. */
export function element(id: string): HTMLElement {
  return byId(id, HTMLElement);
}

/** Sets a text if it differs, so that an unchanged page is not laid out again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute if it differs. */
export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Sets the colour of a swatch, a bar or a legend mark. */
export function setColour(node: HTMLElement, colour: string): void {
  if (node.style.getPropertyValue("--colour") !== colour) {
    node.style.setProperty("--colour", colour);
  }
}

/** Creates an HTML element with a class and children. */
export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  if (className !== "") created.className = className;
  created.append(...children);
  return created;
}
