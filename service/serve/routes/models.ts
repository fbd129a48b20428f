import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { Clock } from "../../../data/common/clock.ts";
import { errorMessage } from "../../../data/common/errors.ts";
import { bearer } from "../bearer.ts";
import { json, list, problem } from "../openapi/answers.ts";
import { Problem } from "../problem.ts";
import type { ModelAdministration, ServiceView } from "../service_view.ts";

/** The live models and their administration. */
export function modelRoutes(
  { view, administration, adminToken, clock }: {
    readonly view: Pick<ServiceView, "models" | "status">;
    readonly administration: ModelAdministration;
    readonly adminToken: string | undefined;
    readonly clock: Pick<Clock, "monotonic" | "sleep">;
  },
): Hono {
  return new Hono().get(
    "/api/v1/models",
    describeRoute({
      summary: "The live models: parameters, labels, scorecard, fingerprint",
      responses: { 200: list("Models, the primary first", "Model") },
    }),
    (context) => context.json(view.models),
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
