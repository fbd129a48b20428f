/** Escapes `&`, `<`, `>`, `"` and `'` for HTML. */
export function escape(text: string): string;

/** Replaces the entities of {@linkcode escape}, `&apos;`, `&nbsp;` and numeric ones by characters. */
export function unescape(text: string): string;
