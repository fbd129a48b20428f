import { clearTimeout, setTimeout } from "node:timers";
import { type Clock, systemClock } from "../common/clock.ts";
import { errorMessage } from "../common/errors.ts";
import { Attempts, type Random, type RetryPolicy } from "../common/retry.ts";

/** What a client may be given; every field has a default. */
export interface ClientOptions {
  readonly clock?: Pick<Clock, "monotonic" | "sleep">;
  readonly random?: Random;
  /** A request is given up when nothing arrives for this long, ms. */
  readonly timeoutMs?: number;
}

/** A failed request; the message says why, without the address. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  /** Whether another attempt may succeed. */
  readonly transient: boolean;
  /** Whether requests for other files will fail too. */
  readonly terminal: boolean;
  /** The wait that the server asked for, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      transient?: boolean;
      terminal?: boolean;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.transient = options.transient ?? false;
    this.terminal = options.terminal ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A request; HEAD asks whether the file exists. */
export interface Request {
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  /** Number of bytes to skip at the start of the file. */
  readonly offset?: number;
}

/** A usable response: 2xx, 404 or 416; to HEAD also 405 and 501, from a server without HEAD. */
export interface Answer {
  /** Whether the file exists. */
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  /** The bytes of the body. @throws DownloadError when the connection is lost. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
}

/** Consecutive failed attempts after which a file is given up. */
const ATTEMPTS = 6;
const POLICY: RetryPolicy = { firstMs: 1000, maxMs: 30_000 };
/** The longest `Retry-After` that is waited for: someone is watching. */
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
    return new DownloadError("this region is not served (HTTP 451)", { terminal: true });
  }
  if (status === 403) {
    return new DownloadError("the server refuses this address (HTTP 403)", { terminal: true });
  }
  if (status === 429 || status === 418) {
    const message = `too many requests (HTTP ${status})`;
    return new DownloadError(message, {
      transient: true,
      retryAfterMs: retryAfterMs ?? POLICY.maxMs,
    });
  }
  const transient = status >= 500 || status === 408;
  return new DownloadError(`the server answered HTTP ${status}`, { transient, retryAfterMs });
}

/** The reason behind a failed request: `fetch` itself says no more than "fetch failed". */
function reasonOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  return errorMessage(reason).replace(/^error sending request for url \(.*?\): /, "");
}

/** An HTTP client that retries, obeys `Retry-After` and resumes. */
export class DownloadClient {
  readonly #clock: Pick<Clock, "monotonic" | "sleep">;
  readonly #random: Random;
  readonly #timeoutMs: number;
  /** Set while a `Retry-After` is running, which holds for all requests. */
  #pause: Promise<void> | undefined;

  constructor(options: ClientOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** The attempts at one task, with the client's waits. */
  attempts(): Attempts {
    return new Attempts({ policy: POLICY, clock: this.#clock, random: this.#random });
  }

  /**
   * Sends a request until there is a usable response and `use` has taken it.
   *
   * @param next Makes the request of each attempt.
   * @param use Takes the response; called again after a lost connection.
   * @param progressed Whether the last attempt brought enough for the count to start over.
   * @throws DownloadError when all attempts failed, and every other error of `use`.
   */
  async request<T>(
    next: () => Request,
    use: (answer: Answer) => Promise<T>,
    progressed: () => boolean = () => false,
  ): Promise<T> {
    for (const attempts = this.attempts();;) {
      while (this.#pause !== undefined) await this.#pause;
      try {
        return await this.#attempt(next(), use);
      } catch (error) {
        if (!(error instanceof DownloadError) || !error.transient) throw error;
        if (progressed()) attempts.progress();
        if (attempts.failures + 1 >= ATTEMPTS) {
          const { message, terminal } = error;
          throw new DownloadError(`${message}, ${ATTEMPTS} times`, { terminal, cause: error });
        }
        await this.#recover(error, attempts);
      }
    }
  }

  async #recover(error: DownloadError, attempts: Attempts): Promise<void> {
    const { retryAfterMs } = error;
    if (retryAfterMs === undefined) return await attempts.wait();
    const seconds = Math.ceil(retryAfterMs / 1000);
    if (retryAfterMs > MAX_RETRY_AFTER_MS) {
      const message = `${error.message}: it asks for a pause of ${seconds} s; try again then`;
      throw new DownloadError(message, { terminal: true, cause: error });
    }
    const pause: Promise<void> = attempts.wait(retryAfterMs).then(() => {
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
          throw new DownloadError(`the connection was lost (${reasonOf(cause)})`, {
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
    // Byte ranges of a compressed response would not be those of the file.
    const headers = {
      "accept-encoding": "identity",
      ...(offset > 0 && { range: `bytes=${offset}-` }),
    };
    try {
      return await fetch(url, { method, headers, signal });
    } catch (cause) {
      const message = `no answer from ${new URL(url).origin} (${reasonOf(cause)})`;
      throw new DownloadError(message, { transient: true, terminal: true, cause });
    }
  }
}
