import { stormyDay } from "./storms.ts";

stormyDay("PEPEUSDT", 1);
