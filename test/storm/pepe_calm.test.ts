import { calmDay } from "./storms.ts";

calmDay("PEPEUSDT");
