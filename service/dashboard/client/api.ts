import type { Signal } from "../../../data/schema/signal.ts";
import { decodeModels, decodeSignals, decodeSymbols, type Model } from "./decode.ts";
import { retryAfter } from "./retry.ts";

/** A request that the service did not answer as it should. The message is one line. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** Delay that the service asks for before a further attempt, ms; 0 if it does not. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 0, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

async function getJson(path: string): Promise<unknown> {
  const [resource] = path.split("?");
  const headers = { accept: "application/json" };
  const response = await fetch(path, { headers }).catch((cause: unknown) => {
    throw new ServiceError(`Cannot read ${resource}: the service does not answer`, 0, { cause });
  });
  if (!response.ok) {
    const message = `Cannot read ${resource}: the service answered ${response.status}`;
    throw new ServiceError(message, retryAfter(response));
  }
  return response.json().catch((cause: unknown) => {
    throw new ServiceError(`Cannot read ${resource}: the answer is incomplete`, 0, { cause });
  });
}

/**
 * The markets that the service watches.
 *
 * @throws ServiceError
 */
export async function fetchSymbols(): Promise<readonly string[]> {
  return decodeSymbols(await getJson("/api/v1/symbols"));
}

/**
 * The models that the service runs.
 *
 * @param symbol The market whose live scores are wanted; empty for none in particular.
 * @throws ServiceError
 */
export async function fetchModels(symbol = ""): Promise<readonly Model[]> {
  return decodeModels(await getJson(`/api/v1/models?${new URLSearchParams({ symbol })}`));
}

/**
 * The newest `limit` final signals of a market, oldest first.
 *
 * @throws ServiceError
 */
export async function fetchSignals(symbol: string, limit: number): Promise<readonly Signal[]> {
  const query = new URLSearchParams({ symbol, limit: String(limit) });
  return decodeSignals(await getJson(`/api/v1/signals?${query}`));
}
