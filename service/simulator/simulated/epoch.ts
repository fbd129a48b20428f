import { MINUTE_MS } from "../../../data/schema/time.ts";

/** The first minute of every simulated market, counted from 1970-01-01: 2025-01-01 00:00 UTC. */
export const EPOCH_MINUTE = Date.UTC(2025, 0, 1) / MINUTE_MS;
