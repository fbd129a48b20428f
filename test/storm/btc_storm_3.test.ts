import { stormyDay } from "./storms.ts";

stormyDay("BTCUSDT", 3);
