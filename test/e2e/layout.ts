import type { Page } from "playwright-core";

/** What is wrong with the layout of a page, each in words; empty when all is well. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Words {
      readonly text: string;
      readonly box: DOMRect;
    }

    function isSeen(element: Element): boolean {
      return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        element.closest(".visually-hidden, .sr-only, select") === null;
    }

    /** Every run of text that a reader sees, with the box that it fills. */
    function visibleWords(): Words[] {
      const words: Words[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { currentNode: node } = walker;
        const text = node.textContent?.trim() ?? "";
        if (text === "" || node.parentElement === null || !isSeen(node.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
          if (box.width > 0.5 && box.height > 0.5) words.push({ text, box });
        }
      }
      return words;
    }

    /** Whether two boxes share more than the slack between lines. */
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
    const words = visibleWords();
    for (const [index, { text, box }] of words.entries()) {
      if (box.left < 0 || box.right > innerWidth + 0.5) faults.push(`"${text}" is cut at the edge`);
      for (const other of words.slice(index + 1)) {
        if (overlap(box, other.box)) faults.push(`"${text}" lies over "${other.text}"`);
      }
    }
    for (const element of document.querySelectorAll("body *")) {
      if (!(element instanceof HTMLElement) || !isSeen(element)) continue;
      const hides = getComputedStyle(element).overflowX !== "visible";
      const text = element.textContent?.trim() ?? "";
      if (hides && text !== "" && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`"${text.slice(0, 40)}" is clipped`);
      }
    }
    return faults;
  });
}
