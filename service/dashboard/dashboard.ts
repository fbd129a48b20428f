import type { Signal } from "../../data/schema/signal.ts";
import type { Status } from "../../data/schema/status.ts";
import { fetchModels, fetchSignals, fetchSymbols } from "./data/api.ts";
import { openFeed } from "./data/feed.ts";
import { currentNowcast, isBehind, mergeSignals } from "./data/history.ts";
import { describeSwap } from "./data/swap.ts";
import { readSettings } from "./settings.ts";
import { remember } from "./storage.ts";
import { createControls } from "./view/controls.ts";
import type { Page } from "./view/page.ts";
import { createView, type Part } from "./view/view.ts";
import { errorMessage } from "../../data/common/errors.ts";

const RETRY_MS = 3_000;

/** Minutes before the visible span that are fetched too, for the change of the last hour. */
const MARGIN_MINUTES = 61;

/** Starts the page: subscribes to the feed, keeps what it tells, and draws it. */
export function startDashboard(): void {
  let page: Page = {
    ...readSettings(),
    symbol: new URLSearchParams(location.search).get("symbol") ?? "",
    symbols: [],
    signals: [],
    nowcast: null,
    status: null,
    statusAt: 0,
    models: [],
    notice: null,
    link: { state: "connecting" },
    loading: { state: "loading" },
    cursor: null,
  };
  let closeFeed = () => {};
  let lastLoad = 0;
  let isLoading = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const changed = createView({
    page: () => page,
    onPickSymbol: watch,
    onPickModel: pickModel,
    onMoveCursor: (cursor) => {
      if (cursor !== page.cursor) update({ cursor }, "cursor");
    },
  });

  function update(patch: Partial<Page>, part: Part): void {
    page = { ...page, ...patch };
    changed(part);
  }

  function take(incoming: readonly Signal[]): void {
    const signals = mergeSignals(page.signals, incoming);
    update({ signals, nowcast: currentNowcast(signals, page.nowcast) }, "charts");
  }

  /** Fills the history of the market on the page; what came in meanwhile stays. */
  async function load(): Promise<void> {
    clearTimeout(retry);
    const turn = ++lastLoad;
    isLoading = true;
    const { symbol, span } = page;
    try {
      const [signals, models, symbols] = await Promise.all([
        fetchSignals(symbol, span + MARGIN_MINUTES),
        fetchModels(),
        fetchSymbols(),
      ]);
      if (turn !== lastLoad) return;
      update({ models, symbols, loading: { state: "ready" } }, "charts");
      take(signals);
    } catch (error) {
      if (turn !== lastLoad) return;
      const message = errorMessage(error);
      update({ loading: { state: "failed", message } }, "facts");
      retry = setTimeout(load, RETRY_MS);
    }
    isLoading = false;
  }

  /** Reads the models anew when the service tells of others than the page knows, and says so. */
  async function followModels({ models }: Status): Promise<void> {
    const swap = describeSwap(page.models, models);
    if (swap === "" || page.models.length === 0) return;
    try {
      const fetched = await fetchModels();
      if (describeSwap(page.models, fetched) === "") return;
      update({ models: fetched, notice: { text: swap, at: Date.now() } }, "charts");
    } catch {
      // The next status brings it up again.
    }
  }

  /** Takes the service's word on itself; a new source or newer bars mean a history to fetch. */
  function hear(status: Status): void {
    followModels(status);
    const moved = page.status !== null && page.status.source !== status.source;
    update({ status, statusAt: Date.now() }, "facts");
    if (moved) update({ signals: [], nowcast: null, cursor: null }, "charts");
    const market = status.symbols.find(({ symbol }) => symbol === page.symbol);
    const behind = isBehind(page.signals, market?.last_bar ?? null);
    if (moved || behind && !isLoading) load();
  }

  /** Shows what another model sees, and remembers that. */
  function pickModel(model: string): void {
    remember("model", model);
    update({ model }, "charts");
    writeAddress();
  }

  /** The address says what the page shows, so that it can be handed on. */
  function writeAddress(): void {
    const { symbol, model } = page;
    const query = new URLSearchParams({ symbol, ...(model !== null && { model }) });
    history.replaceState(null, "", `?${query}`);
  }

  /** Turns the page to a market. */
  function watch(symbol: string): void {
    closeFeed();
    const loading = { state: "loading" } as const;
    update({ symbol, signals: [], nowcast: null, cursor: null, loading }, "charts");
    writeAddress();
    closeFeed = openFeed(symbol, {
      opened() {
        update({ link: { state: "open" } }, "facts");
        load();
      },
      lost() {
        if (page.link.state === "lost") return;
        update({ link: { state: "lost", since: Date.now() } }, "facts");
      },
      signal: (signal) => take([signal]),
      nowcast(nowcast) {
        update({ nowcast: currentNowcast(page.signals, nowcast) }, "forming");
      },
      status: hear,
    });
  }

  /** Finds out which markets there are, then turns to the one asked for, or the first. */
  async function begin(): Promise<void> {
    try {
      const [symbols, models] = await Promise.all([fetchSymbols(), fetchModels()]);
      update({ symbols, models }, "facts");
      watch(symbols.includes(page.symbol) ? page.symbol : symbols[0] ?? page.symbol);
    } catch {
      if (page.link.state !== "lost") {
        update({ link: { state: "lost", since: Date.now() } }, "facts");
      }
      setTimeout(begin, RETRY_MS);
    }
  }

  createControls(page, (chosen) => {
    update({ ...chosen, cursor: null }, "charts");
    if (chosen.span !== undefined) load();
  });
  setInterval(() => changed("facts"), 1_000);
  begin();
}
