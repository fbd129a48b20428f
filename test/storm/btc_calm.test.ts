import { calmDay } from "./storms.ts";

calmDay("BTCUSDT");
