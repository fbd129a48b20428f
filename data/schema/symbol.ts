import * as z from "zod/mini";
import { ABOUT } from "./about.ts";
import { symbolStatusSchema } from "./status.ts";

/** A market as `/api/v1/symbols` lists it. */
export const symbolSchema = z.required(z.partial(symbolStatusSchema), { symbol: true }).register(
  ABOUT,
  {
    description: "A market and the state of its feed; one that no feed has reported on yet has " +
      "only a name",
  },
);
