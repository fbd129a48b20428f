import type { Signal } from "../../../data/schema/signal.ts";
import { decodeModels, decodeSignals, decodeSymbols, type Model } from "./decode.ts";

/** A request that the service did not answer as it should. The message is one line. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
}

async function getJson(path: string): Promise<unknown> {
  const [resource] = path.split("?");
  const headers = { accept: "application/json" };
  const response = await fetch(path, { headers }).catch((cause: unknown) => {
    throw new ServiceError(`Cannot read ${resource}: the service does not answer`, { cause });
  });
  if (!response.ok) {
    throw new ServiceError(`Cannot read ${resource}: the service answered ${response.status}`);
  }
  return response.json().catch((cause: unknown) => {
    throw new ServiceError(`Cannot read ${resource}: the answer is incomplete`, { cause });
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
 * @throws ServiceError
 */
export async function fetchModels(): Promise<readonly Model[]> {
  return decodeModels(await getJson("/api/v1/models"));
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
