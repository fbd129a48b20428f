import * as z from "zod/mini";
import { ABOUT } from "./about.ts";
import { fieldsOf } from "./define.ts";
import { type SymbolStatus, symbolStatusSchema } from "./status.ts";

/** A metric of each symbol. */
export interface SymbolMetric {
  /** Name in Prometheus, without the service's prefix. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Its value for a symbol; null where there is none yet. */
  value(status: SymbolStatus): number | null;
}

/** Prometheus counts time in seconds. */
function toSeconds(ms: SymbolStatus[keyof SymbolStatus]): number | null {
  return ms === null ? null : Number(ms) / 1000;
}

/** The metric of a field, by its type: a count, a time in ms or null, or a text or null. */
function metricsOf(field: keyof SymbolStatus): readonly SymbolMetric[] {
  const schema = symbolStatusSchema.shape[field];
  const { description: help = "", "x-metric": name } = ABOUT.get(schema) ?? {};
  if (name === undefined) return [];
  if (!(schema instanceof z.ZodMiniNullable)) {
    return [{ name, help, type: "counter", value: (status) => Number(status[field]) }];
  }
  if (!(schema._zod.def.innerType instanceof z.ZodMiniString)) {
    return [{ name, help, type: "gauge", value: (status) => toSeconds(status[field]) }];
  }
  return [{
    name,
    help: `1 while there is a text, else 0: ${help}`,
    type: "gauge",
    value: (status) => Number(status[field] !== null),
  }];
}

/** The metrics of each symbol: the fields of its status that name one. */
export const SYMBOL_METRICS: readonly SymbolMetric[] = fieldsOf(symbolStatusSchema.shape)
  .flatMap(metricsOf);
