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
