import { clearTimeout, setTimeout } from "node:timers";
import { errorMessage } from "../common/errors.ts";

/** Waits; injected so that tests need not. */
export type Wait = (ms: number) => Promise<void>;

/** How a client behaves; every field has a default. */
export interface ClientOptions {
  readonly wait?: Wait;
  /** Uniform on [0, 1). */
  readonly random?: () => number;
  /** A request on which nothing arrives for so long is given up, ms. */
  readonly timeoutMs?: number;
}

/** A request that failed; the message says why, without the address. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** Whether another attempt may do better. */
  readonly transient: boolean;
  /** Whether nothing else can be had from this server either. */
  readonly hopeless: boolean;
  /** How long the server asks to be left alone, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      transient?: boolean;
      hopeless?: boolean;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.transient = options.transient ?? false;
    this.hopeless = options.hopeless ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What to ask for; a HEAD request is one for whether there is such a file. */
export interface Request {
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  /** Leave out so many bytes at the start. */
  readonly offset?: number;
}

/** A server's answer that is of use: 2xx, 404 or 416; for HEAD also that it knows no HEAD. */
export interface Answer {
  /** Whether the file is there. */
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  /** The body's bytes. @throws DownloadError when it breaks off. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
}

/** Attempts in a row that bring nothing, before a file is given up. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 30_000;
/** Longer than this nobody waits at a terminal. */
const MAX_RETRY_AFTER_MS = 600_000;
const TIMEOUT_MS = 30_000;

/** `Retry-After` is a number of seconds or a date. */
function retryAfter(headers: Headers): number | undefined {
  const given = headers.get("retry-after")?.trim();
  if (!given) return undefined;
  const ms = /^\d+$/.test(given) ? 1000 * Number(given) : Date.parse(given) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function refusal({ status, headers }: Response): DownloadError {
  const retryAfterMs = retryAfter(headers);
  if (status === 451) {
    return new DownloadError("this region is not served (HTTP 451)", { hopeless: true });
  }
  if (status === 403) {
    return new DownloadError("the server refuses this address (HTTP 403)", { hopeless: true });
  }
  if (status === 429 || status === 418) {
    const message = `too many requests (HTTP ${status})`;
    const patience = retryAfterMs ?? MAX_WAIT_MS;
    return new DownloadError(message, { transient: true, retryAfterMs: patience });
  }
  const transient = status >= 500 || status === 408;
  return new DownloadError(`the server answered HTTP ${status}`, { transient, retryAfterMs });
}

/** Speaks HTTP to the server of the files: patient, polite, bounded. */
export class DownloadClient {
  readonly #wait: Wait;
  readonly #random: () => number;
  readonly #timeoutMs: number;
  /** Set while the server wants to be left alone by everyone. */
  #pause: Promise<void> | undefined;

  constructor(options: ClientOptions = {}) {
    this.#wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.#random = options.random ?? Math.random;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** Waits before another attempt: exponential, at least half of its bound. */
  async backOff(failures: number): Promise<void> {
    const bound = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    await this.#wait(bound * (0.5 + this.#random() / 2));
  }

  /**
   * Asks until there is an answer of use, and has it used.
   *
   * @param next The request; asked for anew for each attempt.
   * @param use Takes the answer in; called again when the body broke off.
   * @param progressed Whether the last attempt brought enough for the count to start over.
   * @throws DownloadError when all attempts failed; whatever `use` throws otherwise.
   */
  async request<T>(
    next: () => Request,
    use: (answer: Answer) => Promise<T>,
    progressed: () => boolean = () => false,
  ): Promise<T> {
    for (let failures = 1;; failures++) {
      while (this.#pause !== undefined) await this.#pause;
      try {
        return await this.#attempt(next(), use);
      } catch (error) {
        if (!(error instanceof DownloadError) || !error.transient) throw error;
        if (progressed()) failures = 1;
        if (failures >= ATTEMPTS) {
          const { message, hopeless } = error;
          throw new DownloadError(`${message}, ${ATTEMPTS} times`, { hopeless, cause: error });
        }
        await this.#recover(error, failures);
      }
    }
  }

  async #recover(error: DownloadError, failures: number): Promise<void> {
    const { retryAfterMs } = error;
    if (retryAfterMs === undefined) return await this.backOff(failures);
    const seconds = Math.ceil(retryAfterMs / 1000);
    if (retryAfterMs > MAX_RETRY_AFTER_MS) {
      const message = `${error.message}: it asks to be left alone for ${seconds} s; try again then`;
      throw new DownloadError(message, { hopeless: true, cause: error });
    }
    const pause: Promise<void> = this.#wait(retryAfterMs).then(() => {
      if (this.#pause === pause) this.#pause = undefined;
    });
    this.#pause = pause;
    await pause;
  }

  async #attempt<T>(request: Request, use: (answer: Answer) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const silent = `nothing arrived for ${this.#timeoutMs / 1000} s`;
    const timer = setTimeout(() => abort.abort(new Error(silent)), this.#timeoutMs);
    try {
      const response = await this.#fetch(request, abort.signal);
      const { ok, status, headers } = response;
      const useful = request.method === "HEAD" ? [404, 405, 501] : [404, 416];
      if (!ok && !useful.includes(status)) throw refusal(response);
      const chunks = async function* () {
        try {
          for await (const chunk of response.body ?? []) {
            timer.refresh();
            yield chunk;
            timer.refresh();
          }
        } catch (cause) {
          throw new DownloadError(`the answer broke off (${errorMessage(cause)})`, {
            transient: true,
            cause,
          });
        }
      };
      return await use({ ok, status, headers, chunks });
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  async #fetch({ url, method = "GET", offset = 0 }: Request, signal: AbortSignal) {
    // Compressed on the way, byte ranges would not be those of the file.
    const headers = {
      "accept-encoding": "identity",
      ...(offset > 0 && { range: `bytes=${offset}-` }),
    };
    try {
      return await fetch(url, { method, headers, signal });
    } catch (cause) {
      const message = `no answer from ${new URL(url).origin} (${errorMessage(cause)})`;
      throw new DownloadError(message, { transient: true, hopeless: true, cause });
    }
  }
}
