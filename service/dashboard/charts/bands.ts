import type { RenderFunction } from "@observablehq/plot";
import type { Posterior } from "../data/posteriors.ts";
import { regimeRuns } from "../data/regimes.ts";
import { pathMark, rectangle } from "./path.ts";

/** The regimes as background bands over the whole height, one mark a regime. */
export function regimeBands(
  posteriors: readonly Posterior[],
  colours: readonly string[],
  domain: readonly [number, number],
): readonly RenderFunction[] {
  const runs = regimeRuns(posteriors);
  return colours.map((colour, state) =>
    pathMark({ class: "band", fill: colour }, (x, y) => {
      const [bottom, top] = [y(domain[0]), y(domain[1])];
      return runs.filter((run) => run.state === state)
        .map((run) => rectangle(x(run.from), top, x(run.to), bottom)).join("");
    })
  );
}
