import type { ModelsStatus } from "../../data/schema/announcement.ts";
import type { ModelDescription } from "../../data/schema/model.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { type Artifact, labelsOf } from "../../models/artifact/read.ts";
import { type LoadedModel, loadModels } from "./loaded_model.ts";

/** An artifact with the lengths of its largest lists in their place. */
function shorten(artifact: Artifact) {
  if ("forecast" in artifact) {
    const { forecast } = artifact;
    const horizons = Object.fromEntries(
      Object.entries(forecast.horizons).map(([minutes, { z_quantiles: table, ...horizon }]) => [
        minutes,
        { ...horizon, z_quantiles: table.length },
      ]),
    );
    return { ...artifact, forecast: { ...forecast, horizons } };
  }
  const { trees, ...forest } = artifact.forest;
  return { ...artifact, forest: { ...forest, trees: trees.length } };
}

/** A model as consumers see it. */
function describeModel(
  { artifact, fingerprint, loaded }: LoadedModel,
  index: number,
): ModelDescription {
  return {
    ...shorten(artifact),
    labels: labelsOf(artifact),
    fingerprint,
    loaded: new Date(loaded).toISOString(),
    primary: index === 0,
  };
}

/** Which models score the markets, and why others do not. */
export class ModelRegistry {
  readonly #config: Pick<Config, "models" | "expected">;
  readonly #log: Log;
  #live: readonly LoadedModel[];
  #status: ModelsStatus;

  /**
   * Reads the artifacts that the configuration names.
   *
   * @throws ArtifactError or UsageError when they cannot be used; see {@linkcode loadModels}.
   */
  constructor(config: Pick<Config, "models" | "expected">, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#live = this.read();
    this.#status = this.#describe(null);
  }

  /** The live models, the primary first. */
  get live(): readonly LoadedModel[] {
    return this.#live;
  }

  /** The live models as consumers see them. */
  get status(): ModelsStatus {
    return this.#status;
  }

  /**
   * Reads the artifacts again, without making them live.
   *
   * @throws ArtifactError or UsageError when they cannot be used; see {@linkcode loadModels}.
   */
  read(): readonly LoadedModel[] {
    return loadModels(this.#config);
  }

  /** Whether models compute the same as the live ones, in whatever else their files differ. */
  isLive(models: readonly LoadedModel[]): boolean {
    return models.map((model) => model.fingerprint).join() ===
      this.#live.map((model) => model.fingerprint).join();
  }

  /**
   * Makes models the live ones. A model that computes the same as before keeps its time of loading.
   *
   * @param problem Why they know less of the past than they need; null when they do not.
   */
  promote(models: readonly LoadedModel[], problem: string | null): void {
    const before = new Map(this.#live.map((model) => [model.fingerprint, model.loaded]));
    this.#live = models.map((model) => ({
      ...model,
      loaded: before.get(model.fingerprint) ?? model.loaded,
    }));
    for (const { artifact, fingerprint } of this.#live) {
      if (before.has(fingerprint)) continue;
      this.#log.info("model promoted", { name: artifact.name, fingerprint });
    }
    this.#status = this.#describe(problem);
  }

  /** Notes why the artifact files are not what is live. */
  refuse(problem: string): void {
    this.#status = { ...this.#status, problem };
  }

  #describe(problem: string | null): ModelsStatus {
    return {
      models: this.#live.map(({ artifact, fingerprint, loaded }) => ({
        name: artifact.name,
        fingerprint,
        loaded,
      })),
      problem,
      descriptions: this.#live.map(describeModel),
    };
  }
}
