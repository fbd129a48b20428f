/** The message of a thrown value, which need not be an Error. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Thrown for what the user gave and can correct: an option, a setting, a file's name. The message
 * is one line; a command that ends with it exits with 2.
 */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Input in a form that fits a message: on one line, in ASCII, at most 60 characters of it. */
export function excerpt(text: string | undefined): string {
  const shown = text === undefined || text.length <= 60 ? text : `${text.slice(0, 60)}...`;
  return JSON.stringify(shown ?? null).replace(/[^\x20-\x7e]/g, "?");
}
