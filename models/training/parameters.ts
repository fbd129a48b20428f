import { type Environment, readEnvironment } from "../../data/common/environment.ts";
import { SETTINGS } from "../../data/common/settings.ts";

/** What training decides beforehand. */
export interface TrainingParameters {
  /** Share of the training bars that is anomalous, above 0, at most 0.5. */
  readonly contamination: number;
  /** Number of regimes, 2 to 8. */
  readonly states: number;
  /** Bars in the classic rolling windows, 2 to 10,080. */
  readonly window: number;
}

/**
 * Training parameters: an option, else the setting, else its default.
 *
 * @param options Values of `--contamination`, `--states` and `--window`, where given.
 * @throws UsageError naming the variable, what was given and what is allowed.
 */
export function readParameters(
  options: { readonly [name in keyof TrainingParameters]?: number | undefined } = {},
  environment: Environment = readEnvironment(),
): TrainingParameters {
  return {
    contamination: options.contamination ?? environment.get(SETTINGS.contamination),
    states: options.states ?? environment.get(SETTINGS.states),
    window: options.window ?? environment.get(SETTINGS.window),
  };
}

/**
 * When a model is said to be made: SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), so
 * that the same training gives the same file; else now.
 *
 * @throws UsageError unless SOURCE_DATE_EPOCH is a whole number of seconds.
 */
export function readCreated(environment: Environment = readEnvironment()): Date {
  const seconds = environment.find(SETTINGS.created);
  return seconds === undefined ? new Date() : new Date(1000 * seconds);
}
