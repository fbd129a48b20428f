const PREFIX = "microstream.";

/** A choice that the browser remembers; null when there is none, or storage is forbidden. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remembers a choice, where the browser lets us. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The choice holds for as long as the page is open.
  }
}
