/** Stands for what is inserted into a template. */
export const INSERTED = "\u{fffc}";

/**
 * What is wrong with the form of an error message: "Cannot X as Y must be Z: current value is V",
 * or "NAME must be Z: current value is V".
 *
 * @param text The message, with {@link INSERTED} for what is inserted.
 * @returns undefined when nothing is.
 */
export function judgeMessage(text: string): string | undefined {
  if (text.trim() === "") return "An error message must not be empty";
  if (text.includes("\n")) return "An error message must be one line";
  if (/[.!]$/.test(text)) return "An error message must not end with a full stop";
  // A message that starts with what another one said, or with the place of a fault.
  if (text.startsWith(INSERTED) || /^[^ ]+: /.test(text)) return undefined;
  if (/^Cannot /.test(text) || / must /.test(text)) return undefined;
  return 'An error message must have the form "Cannot X as Y must be Z" or "NAME must be Z"';
}
