import { killedInStorm } from "./storms.ts";

killedInStorm("BTCUSDT", 1);
