/** The volatility model in the core: forecasts of 15 and 60 minutes, and the regimes made of them. */
import { allocated, floats, labelKey } from "./memory.mjs";

const LABELS = ["Calm", "Normal", "Turbulent"];
const HORIZONS = [15, 60];
const QUANTILES = ["2.5", "10", "25", "50", "75", "90", "97.5"];
const CONTRIBUTIONS = ["short", "hour", "day", "week", "season", "volume", "momentum", "bias"];
const MINUTE_SECONDS = 60;

/** Copies a horizon's parameters to the core's memory, in its order. */
function placeHorizon(core, names, minutes, { coef, bias, scale, z2_mean, z_quantiles }) {
  const address = allocated(core.newHorizon(minutes, z_quantiles.length));
  floats(core, core.horizonParameters(address), core.HORIZON_PARAMETERS.value).set([
    ...names.map((name) => coef[name]),
    coef.intercept,
    ...[bias.error_240, bias.error_1440, bias.error_4320],
    ...[scale.intercept, scale.error_240, scale.error_1440, scale.error_4320],
    ...[scale.short_change, scale.short_change_size, scale.day_change_size],
    z2_mean,
  ]);
  floats(core, core.horizonSeason(address), coef.season.length).set(coef.season);
  floats(core, core.horizonQuantiles(address), z_quantiles.length).set(z_quantiles);
  core.prepareHorizon(address);
  return address;
}

/** Copies the regression of a change of the regime to the core's memory. */
function placeChange(core, { intercept, w }) {
  const address = allocated(core.newChange(intercept));
  floats(core, core.changeWeights(address), w.length).set(w);
  core.prepareChange(address);
  return address;
}

export class VolatilityModel {
  #core;
  #forecast;
  #inputs;
  #week;
  #address;
  #result;

  /** Places the model; `open` must follow when the core's memory grows no more. */
  constructor(core, { features: { names }, forecast }) {
    const { horizons, change_within_60: change, shock, need, label_margin } = forecast;
    const model = allocated(core.newVolatility(
      need,
      placeHorizon(core, names, 15, horizons["15"]),
      placeHorizon(core, names, 60, horizons["60"]),
      placeChange(core, change.absolute),
      placeChange(core, change.week),
    ));
    floats(core, core.volatilityRules(model), core.VOLATILITY_RULES.value).set([
      ...horizons["15"].borders_week,
      label_margin,
      ...[shock.alarms_a_day, shock.step, shock.start],
    ]);
    this.#core = core;
    this.#forecast = forecast;
    this.#inputs = names.length;
    this.#week = names.indexOf("week");
    this.#address = allocated(core.addVolatilityModel(model));
    const keys = LABELS.map(labelKey);
    /** The names of the service's CSV when this is the only model; a dot in a key is a `_`. */
    this.columns = [
      ...names.map((name) => `features_${name}`),
      ...["regime_state", "regime_name", "confidence"],
      ...keys.map((key) => `regime_probabilities_${key}`),
      ...["seconds_in_state", "ready", "have", "need", "basis"],
      ...["against_week_state", "against_week_name", "against_week_level"],
      ...keys.map((key) => `against_week_probabilities_${key}`),
      ...HORIZONS.flatMap((minutes) => [
        `forecast_${minutes}_volatility_bp`,
        ...QUANTILES.map((level) => `forecast_${minutes}_quantiles_${level.replace(".", "_")}`),
      ]),
      ...["change_within_60_minutes", "shock_score", "is_shock"],
      ...CONTRIBUTIONS.map((part) => `contributions_${part}`),
    ];
  }

  /** Opens what the core says. A market of the training has absolute borders, others have none. */
  open(symbols) {
    const core = this.#core;
    const borders = this.#forecast.horizons["15"].borders_absolute_y;
    for (const [slot, symbol] of symbols.entries()) {
      const known = Object.hasOwn(borders, symbol) ? borders[symbol] : [NaN, NaN];
      floats(core, core.slotBorders(0, slot), 2).set(known);
    }
    this.#result = floats(core, this.#address, core.VOLATILITY_LENGTH.value);
  }

  /** What it says of the last bar, in the order of the columns. */
  read() {
    const core = this.#core;
    // The core exports the layout of a result as the indices of its fields, parts within parts.
    const at = (...fields) => fields.reduce((sum, field) => sum + core[field].value, 0);
    const read = (...fields) => this.#result[at(...fields)];
    const readAll = (count, ...fields) => {
      const first = at(...fields);
      return [...this.#result.subarray(first, first + count)];
    };
    const { need } = this.#forecast;
    const have = read("VOLATILITY_HAVE");
    if (have < need) {
      const cells = Array(this.columns.length).fill("");
      cells.splice(this.columns.indexOf("ready"), 3, false, have, need);
      return cells;
    }
    const inputs = readAll(this.#inputs, "VOLATILITY_INPUTS");
    const isAbsolute = read("VOLATILITY_ABSOLUTE") === 1;
    const own = isAbsolute ? "VOLATILITY_REGIME_ABSOLUTE" : "VOLATILITY_REGIME_WEEK";
    const regime = (part) => {
      const state = read(part, "REGIME_STATE");
      return { state, name: LABELS[state], shares: readAll(3, part, "REGIME_PROBABILITIES") };
    };
    const level = inputs[this.#week];
    const [present, week] = [regime(own), regime("VOLATILITY_REGIME_WEEK")];
    return [
      ...inputs,
      ...[present.state, present.name, present.shares[present.state], ...present.shares],
      ...[(read(own, "REGIME_MINUTES") + 1) * MINUTE_SECONDS, true, "", ""],
      ...[isAbsolute ? "absolute" : "week", week.state, week.name, level, ...week.shares],
      ...["VOLATILITY_QUARTER", "VOLATILITY_HOUR"].flatMap((part) => {
        const quantiles = readAll(QUANTILES.length, part, "FORECAST_QUANTILES");
        return [quantiles[QUANTILES.indexOf("50")], ...quantiles];
      }),
      ...[read(own, "REGIME_CHANGE"), read("VOLATILITY_SHOCK_SCORE")],
      read("VOLATILITY_SHOCK") === 1,
      ...readAll(CONTRIBUTIONS.length, "VOLATILITY_CONTRIBUTIONS"),
    ];
  }
}
