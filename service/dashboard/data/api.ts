import type { Signal } from "../../../data/schema/signal.ts";
import { decodeModels, decodeSymbols, isSignal } from "./decode.ts";
import type { Model } from "./model.ts";

async function getJson(path: string): Promise<unknown> {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (!response.ok) {
    const [resource] = path.split("?");
    throw new Error(`Cannot read ${resource}: the service answered ${response.status}`);
  }
  return response.json();
}

/** The markets that the service watches. */
export async function fetchSymbols(): Promise<readonly string[]> {
  return decodeSymbols(await getJson("/api/v1/symbols"));
}

/** The models that the service runs. */
export async function fetchModels(): Promise<readonly Model[]> {
  return decodeModels(await getJson("/api/v1/models"));
}

/** The newest `limit` final signals of a market, oldest first. */
export async function fetchSignals(symbol: string, limit: number): Promise<readonly Signal[]> {
  const query = new URLSearchParams({ symbol, limit: String(limit) });
  const answer = await getJson(`/api/v1/signals?${query}`);
  return Array.isArray(answer) ? answer.filter(isSignal) : [];
}
