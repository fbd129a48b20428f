import pLimit from "p-limit";
import { type DownloadClient, DownloadError } from "./client.ts";
import { dailyDump, type Dump, monthlyDump, type Series } from "./dump.ts";
import { downloadFile } from "./file.ts";
import type { Month } from "./period.ts";
import { errorMessage } from "../common/errors.ts";

/** Files under way at once. */
const PARALLEL = 3;

/** What is wanted, and where it comes from and goes. */
export interface Order {
  readonly series: Series;
  readonly months: readonly Month[];
  /** Base URL without a trailing slash. */
  readonly baseUrl: string;
  /** An existing folder. */
  readonly folder: string;
  /** The present, ms UTC: what has not begun is not asked for. */
  readonly now: number;
}

/** A file that could not be had. */
export interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** What became of an order. */
export interface Result {
  readonly downloaded: readonly string[];
  readonly kept: readonly string[];
  /** Days of which nothing is published, ms UTC. */
  readonly missing: readonly number[];
  readonly failed: readonly Failure[];
  /** Files that were not asked for, because the server is of no use. */
  readonly untried: number;
  /** Bytes of files that came over the network. */
  readonly bytes: number;
}

/** How far an order has come; `share` is of the months wanted, from 0 to 1. */
export type OnProgress = (state: { share: number; bytes: number; files: number }) => void;

/** Sums up what becomes of the files. */
class Run {
  readonly downloaded: string[] = [];
  readonly kept: string[] = [];
  readonly missing: number[] = [];
  readonly failed: Failure[] = [];
  untried = 0;
  bytes = 0;
  #hopeless = false;
  #done = 0;
  readonly #underWay = new Map<string, number>();
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

  /** Oldest first, whatever was ready first. */
  sort(): void {
    this.downloaded.sort();
    this.kept.sort();
    this.missing.sort((a, b) => a - b);
    this.failed.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Counts days of the order as dealt with. */
  settle(days: number): void {
    this.#done += days;
    this.#report();
  }

  /**
   * Gets one file.
   *
   * @param days How many days it holds.
   * @returns Whether the matter is settled: false when there is no such file.
   */
  async get(dump: Dump, days: number): Promise<boolean> {
    const { name } = dump;
    if (this.#hopeless) {
      this.untried++;
      return true;
    }
    try {
      const { baseUrl, folder } = this.#order;
      const outcome = await downloadFile(
        this.#client,
        baseUrl,
        dump,
        folder,
        (came, size, total) => {
          this.bytes += came;
          this.#underWay.set(name, total === undefined ? 0 : days * Math.min(1, size / total));
          this.#report();
        },
      );
      if (outcome === "missing") return false;
      this[outcome].push(name);
    } catch (error) {
      const reason = errorMessage(error);
      this.failed.push({ name, reason });
      if (error instanceof DownloadError && error.hopeless) this.#hopeless = true;
    } finally {
      this.#underWay.delete(name);
    }
    this.settle(days);
    return true;
  }

  #report(): void {
    const underWay = this.#underWay.values().reduce((sum, days) => sum + days, 0);
    this.#onProgress({
      share: (this.#done + underWay) / this.#total,
      bytes: this.bytes,
      files: this.downloaded.length + this.kept.length,
    });
  }
}

/**
 * Gets the history that is wanted: whole months as monthly files, and day by day where there is no
 * monthly file or where only a part of a month is wanted.
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
