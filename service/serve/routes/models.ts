import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { Clock } from "../../../data/common/clock.ts";
import { errorMessage } from "../../../data/common/errors.ts";
import type { ModelDescription } from "../../../data/schema/model.ts";
import { bearer } from "../bearer.ts";
import { json, list, problem } from "../openapi/answers.ts";
import { validQuery } from "../parameters.ts";
import { Problem } from "../problem.ts";
import { modelQuery } from "../query.ts";
import type { ModelAdministration, ServiceView } from "../service_view.ts";

/** A model with the live scores of one market alone, and the pooled ones. */
function only(symbol: string) {
  return (model: ModelDescription): ModelDescription => {
    const { live } = model;
    if (live === undefined) return model;
    const market = live.symbols[symbol];
    return {
      ...model,
      live: { ...live, symbols: market === undefined ? {} : { [symbol]: market } },
    };
  };
}

/** The live models and their administration. */
export function modelRoutes(
  { symbols, view, administration, adminToken, clock }: {
    readonly symbols: readonly string[];
    readonly view: Pick<ServiceView, "models" | "status">;
    readonly administration: ModelAdministration;
    readonly adminToken: string | undefined;
    readonly clock: Pick<Clock, "monotonic" | "sleep">;
  },
): Hono {
  return new Hono().get(
    "/api/v1/models",
    describeRoute({
      summary: "The live models: parameters, labels, scorecard, fingerprint, live scores",
      responses: { 200: list("Models, the primary first", "Model") },
    }),
    validQuery(modelQuery(symbols)),
    (context) => {
      const { symbol } = context.req.valid("query");
      return context.json(symbol === undefined ? view.models : view.models.map(only(symbol)));
    },
  ).post(
    "/api/v1/models/reload",
    describeRoute({
      summary: "Reads the model files again and promotes what they hold",
      security: [{ token: [] }],
      responses: {
        200: json("The new models are live", "Reload"),
        401: problem("The token is missing or wrong"),
        403: problem("The service has no ADMIN_TOKEN"),
        422: problem("The files cannot be used; the models loaded before stay live"),
      },
    }),
    bearer(adminToken, clock),
    async (context) => {
      try {
        await administration.reload();
      } catch (error) {
        const reason = `${errorMessage(error)}; the models loaded before stay live`;
        throw new Problem(422, "Models refused", reason);
      }
      const { models, models_problem } = view.status;
      return context.json({ models, problem: models_problem });
    },
  );
}
