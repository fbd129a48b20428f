/** How many insertions, deletions and replacements turn one text into another. */
export function levenshteinDistance(a: string, b: string): number;
