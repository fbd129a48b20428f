/** The element of the page with this id, of this kind. */
export function byId<T extends Element>(id: string, kind: abstract new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) {
    throw new Error(`Cannot find the ${kind.name} #${id} on the page`);
  }
  return element;
}

/** Any HTML element of the page with this id. */
export function element(id: string): HTMLElement {
  return byId(id, HTMLElement);
}

/** Writes a text where it differs, so that an unchanged page costs nothing. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Writes an attribute where it differs. */
export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Sets the colour that a swatch, a bar or a legend's mark is painted in. */
export function setColour(node: HTMLElement, colour: string): void {
  if (node.style.getPropertyValue("--colour") !== colour) {
    node.style.setProperty("--colour", colour);
  }
}

/** An HTML element with a class and children; a string is a child as text. */
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
