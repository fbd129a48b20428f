export interface DeadlineOptions {
  readonly signal?: AbortSignal;
}

/**
 * Waits for a promise, a number of ms at most.
 *
 * @throws DOMException `TimeoutError` after that time, or the signal's reason.
 */
export function deadline<T>(promise: Promise<T>, ms: number, options?: DeadlineOptions): Promise<T>;
