import type { Scorecard } from "../artifact/scorecard.ts";
import { percent, type Table } from "./tables.ts";

/** Measures on the training bars, as a table. */
export function inSampleTable(inSample: NonNullable<Scorecard["in_sample"]>): Table {
  return {
    title: "On the training bars",
    rows: [
      ["log-likelihood per bar", `${inSample.log_likelihood_per_bar.toFixed(6)} nats`],
      ["anomaly rate", percent(inSample.anomaly_rate, 3)],
      ["regime changes per day", inSample.flips_per_day.toFixed(1)],
      ...Object.entries(inSample.regimes).map(([key, regime]) => [
        key,
        `${percent(regime.share)} of bars, ${
          regime.mean_dwell_minutes.toFixed(1)
        } min mean dwell ` +
        `(${regime.expected_dwell_minutes.toFixed(1)} expected from its transition probabilities)`,
      ]),
    ],
  };
}

/** The convergence of Baum-Welch, as a table. */
export function fitTable(fit: NonNullable<Scorecard["fit"]>): Table {
  const converged = fit.restarts.filter((restart) => restart.converged).length;
  return {
    title: "Baum-Welch",
    rows: [
      ["random starts", `${fit.restarts.length}, ${converged} converged`],
      ["final fit", `${fit.iterations} iterations, ${fit.converged ? "" : "not "}converged`],
    ],
  };
}
