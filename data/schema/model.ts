import * as z from "zod/mini";
import { type DeepReadonly, describe } from "./define.ts";

const when = () => z.iso.datetime();

/**
 * A model as `/api/v1/models` gives it: the artifact with the number of its trees in their place,
 * and when it was loaded. An artifact holds more than consumers may rely on, which is named here.
 */
export const modelSchema = describe(
  z.looseObject({
    name: z.string(),
    created: when(),
    fingerprint: describe(z.string(), "Names what the artifact computes"),
    loaded: describe(when(), "When the service loaded it"),
    primary: describe(z.boolean(), "Whether it is the top level of a signal"),
    features: z.looseObject({
      preset: describe(z.string(), "Name of the feature set"),
      names: z.array(z.string()),
    }),
    forest: z.looseObject({
      trees: describe(z.int(), "Number of trees"),
      contamination: describe(
        z.union([z.number(), z.literal("auto")]),
        "Share of the training bars that is anomalous; auto: the offset is just -0.5",
      ),
      offset: describe(z.number(), "A score below it is anomalous"),
    }),
    hmm: z.looseObject({
      labels: describe(z.array(z.string()), "Names of the regimes, in canonical order"),
      transmat: describe(z.array(z.array(z.number())), "Transition probabilities, row to column"),
    }),
    training: describe(
      z.looseObject({
        symbol: z.exactOptional(describe(z.string(), "Market of the training bars")),
        rows: z.exactOptional(describe(z.int(), "Number of training bars")),
        period: z.exactOptional(
          describe(z.object({ from: when(), to: when() }), "First and last training bar"),
        ),
      }),
      "Where the model comes from; an imported model does not tell its bars",
    ),
    scorecard: describe(z.looseObject({}), "What was measured of the model"),
  }),
  "A model artifact, with the number of its trees in their place",
);

/** A model as `/api/v1/models` gives it; {@linkcode modelSchema} describes its fields. */
export type ModelDescription = DeepReadonly<z.infer<typeof modelSchema>>;
