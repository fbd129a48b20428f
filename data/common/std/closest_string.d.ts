/**
 * The one of some words that takes the fewest edits to become a given word.
 *
 * @throws TypeError unless there is a word.
 */
export function closestString(given: string, words: readonly string[]): string;
