import pLimit from "p-limit";
import { type DownloadClient, DownloadError } from "./client.ts";
import { dailyDump, type Dump, monthlyDump, type Series } from "./dump.ts";
import { downloadFile } from "./file.ts";
import type { Month } from "./period.ts";
import { errorMessage } from "../common/errors.ts";

/** Concurrent downloads. */
const PARALLEL = 3;

/** What to download, from where and to where. */
export interface Order {
  readonly series: Series;
  readonly months: readonly Month[];
  /** Base URL without a trailing slash. */
  readonly baseUrl: string;
  /** An existing folder. */
  readonly folder: string;
  /** Whether files without a published checksum are downloaded. */
  readonly allowUnverified: boolean;
  /** The present, ms UTC: days after it are not requested. */
  readonly now: number;
}

/** A file that could not be downloaded. */
export interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** The result of an order. */
export interface Result {
  readonly downloaded: readonly string[];
  /** Downloaded without a checksum to verify them by. */
  readonly unverified: readonly string[];
  readonly kept: readonly string[];
  /** Days without a published file, ms UTC. */
  readonly missing: readonly number[];
  readonly failed: readonly Failure[];
  /** Files that were not requested, because all requests to the server fail. */
  readonly untried: number;
  /** Bytes of files that were transferred. */
  readonly bytes: number;
}

/** Receives the progress of an order; `share` is that of its days, 0 to 1. */
export type OnProgress = (state: { share: number; bytes: number; files: number }) => void;

/** Collects the results of the files. */
class Run {
  readonly downloaded: string[] = [];
  readonly unverified: string[] = [];
  readonly kept: string[] = [];
  readonly missing: number[] = [];
  readonly failed: Failure[] = [];
  untried = 0;
  bytes = 0;
  #terminal = false;
  #done = 0;
  readonly #inProgress = new Map<string, number>();
  readonly #client: DownloadClient;
  readonly #order: Order;
  readonly #onProgress: OnProgress;
  readonly #total: number;

  constructor(client: DownloadClient, order: Order, onProgress: OnProgress) {
    this.#client = client;
    this.#order = order;
    this.#onProgress = onProgress;
    this.#total = order.months.reduce((sum, { days }) => sum + days.length, 0);
  }

  /** Sorts the results, oldest first. */
  sort(): void {
    this.downloaded.sort();
    this.unverified.sort();
    this.kept.sort();
    this.missing.sort((a, b) => a - b);
    this.failed.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Counts days of the order as done. */
  settle(days: number): void {
    this.#done += days;
    this.#report();
  }

  /**
   * Downloads one file.
   *
   * @param days How many days it covers.
   * @returns False when it is not published.
   */
  async get(dump: Dump, days: number): Promise<boolean> {
    const { name } = dump;
    if (this.#terminal) {
      this.untried++;
      return true;
    }
    try {
      const { baseUrl, folder, allowUnverified } = this.#order;
      const outcome = await downloadFile(
        this.#client,
        baseUrl,
        dump,
        folder,
        allowUnverified,
        (arrived, size, total) => {
          this.bytes += arrived;
          this.#inProgress.set(name, total === undefined ? 0 : days * Math.min(1, size / total));
          this.#report();
        },
      );
      if (outcome === "missing") return false;
      this[outcome].push(name);
    } catch (error) {
      const reason = errorMessage(error);
      this.failed.push({ name, reason });
      if (error instanceof DownloadError && error.terminal) this.#terminal = true;
    } finally {
      this.#inProgress.delete(name);
    }
    this.settle(days);
    return true;
  }

  #report(): void {
    const inProgress = this.#inProgress.values().reduce((sum, days) => sum + days, 0);
    this.#onProgress({
      share: (this.#done + inProgress) / this.#total,
      bytes: this.bytes,
      files: this.downloaded.length + this.unverified.length + this.kept.length,
    });
  }
}

/**
 * Downloads history: whole months as monthly files, single days where there is no monthly file or
 * where only a part of a month is ordered.
 */
export async function download(
  client: DownloadClient,
  order: Order,
  onProgress: OnProgress = () => {},
): Promise<Result> {
  const { series, months, now } = order;
  const run = new Run(client, order, onProgress);
  const limit = pLimit(PARALLEL);
  run.settle(0);

  const getDay = async (day: number) => {
    if (day <= now && await limit(() => run.get(dailyDump(series, day), 1))) return;
    run.missing.push(day);
    run.settle(1);
  };
  const getMonth = async (month: Month) => {
    const { whole, from, days } = month;
    if (whole && from <= now) {
      if (await limit(() => run.get(monthlyDump(series, month), days.length))) return;
    }
    await Promise.all(days.map(getDay));
  };
  await Promise.all(months.map(getMonth));
  run.sort();
  return run;
}
