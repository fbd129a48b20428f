import type { Page } from "playwright-core";

/** Describes the faults in the layout of a page; empty if there are none. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface TextRun {
      readonly text: string;
      readonly box: DOMRect;
    }

    function isVisible(element: Element): boolean {
      return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        element.closest(".visually-hidden, .sr-only, select") === null;
    }

    /** All visible runs of text, with their boxes. */
    function visibleText(): TextRun[] {
      const runs: TextRun[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { currentNode: node } = walker;
        const text = node.textContent?.trim() ?? "";
        if (text === "" || node.parentElement === null || !isVisible(node.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
          if (box.width > 0.5 && box.height > 0.5) runs.push({ text, box });
        }
      }
      return runs;
    }

    /** Whether two boxes overlap by more than adjacent lines do. */
    function overlap(a: DOMRect, b: DOMRect): boolean {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return width > 1 && height > 3;
    }

    const faults: string[] = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) {
      faults.push(`the page is ${scrollWidth} px wide in ${innerWidth}`);
    }
    const runs = visibleText();
    for (const [index, { text, box }] of runs.entries()) {
      if (box.left < 0 || box.right > innerWidth + 0.5) {
        faults.push(`"${text}" is clipped at the edge`);
      }
      for (const other of runs.slice(index + 1)) {
        if (overlap(box, other.box)) faults.push(`"${text}" overlaps "${other.text}"`);
      }
    }
    for (const element of document.querySelectorAll("body *")) {
      if (!(element instanceof HTMLElement) || !isVisible(element)) continue;
      const hides = getComputedStyle(element).overflowX !== "visible";
      const text = element.textContent?.trim() ?? "";
      if (hides && text !== "" && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`"${text.slice(0, 40)}" is clipped`);
      }
    }
    return faults;
  });
}
