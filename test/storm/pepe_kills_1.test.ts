import { killedInStorm } from "./storms.ts";

killedInStorm("PEPEUSDT", 1);
