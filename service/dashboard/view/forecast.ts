import { isReadyForecast, type ReadyForecast } from "../../../data/schema/signal.ts";
import { forecastChart } from "../charts/forecast.ts";
import { rangeOf } from "../data/range.ts";
import { outputsOf, warmUpOf } from "../data/outputs.ts";
import { forecastModel } from "../data/model.ts";
import { reliabilityOf } from "../data/reliability.ts";
import { formatNumber, formatProbability, formatSigned } from "../format/number.ts";
import { element, html, setText } from "./dom.ts";
import { createFacts, type Fact } from "./facts.ts";
import { lastFinal, latest, type Page } from "./page.ts";

const NOTHING = "–";
const HEIGHT_PX = 92;
/** Parts of the forecast that are named, the largest first. */
const NAMED = 4;

/** What the parts of a forecast are called. */
const PARTS: Readonly<Record<keyof ReadyForecast["contributions"], string>> = {
  short: "Last minutes",
  hour: "Last half hour",
  day: "Last day",
  week: "Last week",
  season: "Time of week",
  volume: "Volume",
  momentum: "Momentum",
  bias: "Recent errors",
};

/** The forecast of the volatility to come: what it is, why it moved, and how right it has been. */
export function createForecast(): (page: Page) => void {
  const section = element("forecast");
  const basis = element("forecast-basis");
  const host = element("forecast-chart");
  const progress = html("p", "note");
  progress.id = "forecast-progress";
  const facts = createFacts(element("forecast-facts"));
  const reasons = createFacts(element("forecast-why"));
  const said = element("forecast-said");
  const reliability = element("forecast-reliability");
  const scores = createFacts(element("forecast-scores"));
  const errors = createFacts(element("forecast-errors"));
  const fit = createFacts(element("forecast-fit"));
  let shown: string | undefined = "";
  let page: Page | undefined;

  function draw(output: ReadyForecast | undefined): void {
    const width = host.clientWidth;
    const wanted = output && `${width} ${JSON.stringify(output.forecast)}`;
    if (wanted === shown) return;
    shown = wanted;
    host.replaceChildren(
      output === undefined || width === 0
        ? progress
        : forecastChart(output.forecast, { width, height: HEIGHT_PX }),
    );
  }

  function update(next: Page): void {
    page = next;
    const model = forecastModel(next.models);
    section.hidden = next.models.length > 0 && model === undefined;
    const signal = lastFinal(next);
    const ready = model && signal && outputsOf(model)(signal);
    const output = ready !== undefined && isReadyForecast(ready) ? ready : undefined;
    const warmUp = output === undefined ? warmUpOf(model, latest(next)) : "";
    const live = model?.live ?? null;
    // Elsewhere dashes keep the space of what is about to come.
    host.classList.toggle("warming", warmUp !== "");
    said.hidden = warmUp !== "";
    reliability.hidden = warmUp !== "" && (live?.symbols[next.symbol]?.week.forecasts ?? 0) === 0;
    setText(progress, warmUp === "" ? "" : `Warming up: ${warmUp}`);
    setText(basis, output === undefined ? "" : BASES[output.basis]);
    draw(output);
    facts(factsOf(output));
    reasons(reasonsOf(output));
    const isSimulated = signal?.source === "simulator";
    const known = reliabilityOf(live, next.symbol, next.symbols.length > 1, isSimulated);
    scores(known.held);
    errors(known.errors);
    fit(known.fit);
  }

  new ResizeObserver(() => {
    if (page !== undefined) update(page);
  }).observe(host);
  return update;
}

const BASES = { absolute: "regimes in basis points", week: "regimes against its week" } as const;

function factsOf(output: ReadyForecast | undefined): readonly Fact[] {
  const value = (text: (output: ReadyForecast) => string) =>
    output === undefined ? NOTHING : text(output);
  return [
    { name: "Next 15 min", value: value(({ forecast }) => rangeOf(forecast["15"])) },
    { name: "Next 60 min", value: value(({ forecast }) => rangeOf(forecast["60"])) },
    {
      name: "By its week",
      value: value(({ against_week: week }) => {
        const share = Object.values(week.probabilities)[week.state] ?? NaN;
        return `${week.name}, ${formatProbability(share)}`;
      }),
    },
    {
      name: "Change within 60 min",
      value: value((each) => formatProbability(each.change_within_60_minutes)),
    },
    {
      name: "Shock score",
      value: value(({ shock_score: score, is_shock: isShock }) =>
        `${formatNumber(score, 1)}, ${isShock ? "a shock" : "no shock"}`
      ),
      warn: output?.is_shock ?? false,
    },
  ];
}

/** The largest parts of the forecast's difference from its mean of the week. */
function reasonsOf(output: ReadyForecast | undefined): readonly Fact[] {
  if (output === undefined) {
    return Object.values(PARTS).slice(0, NAMED).map((name) => ({ name, value: NOTHING }));
  }
  const { contributions } = output;
  const parts = Object.entries(PARTS).map(([key, name]) => ({
    name,
    value: Object.entries(contributions).find(([part]) => part === key)?.[1] ?? 0,
  }));
  return parts.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, NAMED)
    .map(({ name, value }) => ({ name, value: `${formatSigned(100 * Math.expm1(value), 0)}%` }));
}
