import type { Log } from "../log.ts";
import type { ModelStatus } from "../../data/schema/status.ts";
import type { LoadedModel } from "./loaded_model.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What live models need of the rest of the service. */
export interface LiveModelsOptions {
  /** Reads and checks the artifacts; the first is the primary one. */
  readonly read: () => readonly LoadedModel[];
  /**
   * Makes the running engine go over to other models and, in the same turn, calls `done`.
   *
   * @returns Why they know less of the past than they could; null when they do not.
   */
  readonly replace: (
    models: readonly LoadedModel[],
    signal: AbortSignal,
    done: () => void,
  ) => Promise<string | null>;
  /** Told when other models are live, or why they are not. */
  readonly onChange: () => void;
  readonly log: Log;
}

/** Ends a reload in favour of a later one. */
const SUPERSEDED = new Error("a later reload has begun");

function computeTheSame(a: readonly LoadedModel[], b: readonly LoadedModel[]): boolean {
  return a.map((model) => model.fingerprint).join() === b.map((model) => model.fingerprint).join();
}

/** The models that score the markets, and the way to other ones while the service runs. */
export class LiveModels {
  readonly #options: LiveModelsOptions;
  #live: readonly LoadedModel[];
  #problem: string | null = null;
  #reloading = new AbortController();
  #latest: Promise<void> = Promise.resolve();

  /** @throws What `read` throws: a start with a model that cannot be used is refused. */
  constructor(options: LiveModelsOptions) {
    this.#options = options;
    this.#live = options.read();
  }

  /** The models that are live, the primary first. */
  get live(): readonly LoadedModel[] {
    return this.#live;
  }

  /** Why the files are not what is live, or not fully, for people; null while all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The live models as the service tells them to the world. */
  get status(): readonly ModelStatus[] {
    return this.#live.map(({ artifact, fingerprint, loaded }) => ({
      name: artifact.name,
      fingerprint,
      loaded,
    }));
  }

  /**
   * Reads the artifacts anew and goes over to what they hold. On any error the live models stay.
   * Of several reloads the latest counts: those before it end as it does.
   *
   * @throws Error saying why the artifacts cannot be used.
   */
  reload(): Promise<void> {
    this.#reloading.abort(SUPERSEDED);
    this.#reloading = new AbortController();
    return this.#latest = this.#reload(this.#reloading.signal);
  }

  /** Ends a reload that is under way. */
  close(): void {
    this.#reloading.abort(new Error("the service ends"));
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const { read, replace, log } = this.#options;
    try {
      const models = read();
      const shortfall = computeTheSame(models, this.#live)
        ? this.#goLive(models)
        : await replace(models, signal, () => void this.#goLive(models));
      if (shortfall !== null) log.warning("the new models are not fully warm", { why: shortfall });
      this.#tell(shortfall);
    } catch (error) {
      if (signal.reason === SUPERSEDED) return await this.#latest;
      if (!signal.aborted) {
        const why = errorMessage(error);
        log.error("the model artifacts cannot be used; the live models stay", { why });
        this.#tell(`${why}; the models loaded before stay live`);
      }
      throw error;
    }
  }

  /** What computes the same as before is the same model, whatever else its file says anew. */
  #goLive(models: readonly LoadedModel[]): null {
    const before = new Map(this.#live.map((model) => [model.fingerprint, model.loaded]));
    this.#live = models.map((model) => ({
      ...model,
      loaded: before.get(model.fingerprint) ?? model.loaded,
    }));
    for (const { name, fingerprint } of this.status) {
      if (!before.has(fingerprint)) {
        this.#options.log.info("a new model is live", { name, fingerprint });
      }
    }
    return null;
  }

  #tell(problem: string | null): void {
    this.#problem = problem;
    this.#options.onChange();
  }
}
