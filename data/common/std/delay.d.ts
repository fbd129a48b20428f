export interface DelayOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits a number of ms; more than 2^31 - 1 are allowed.
 *
 * @throws The signal's reason as soon as the signal aborts.
 */
export function delay(ms: number, options?: DelayOptions): Promise<void>;
