import type { Signal } from "../../data/schema/signal.ts";
import type { Status } from "../../data/schema/status.ts";
import { fetchModels, fetchSignals, fetchSymbols, ServiceError } from "./client/api.ts";
import { openFeed } from "./client/feed.ts";
import { currentNowcast, isBehind, mergeSignals } from "./data/history.ts";
import { describePromotion } from "./data/model.ts";
import { readSettings } from "./settings.ts";
import { remember } from "./storage.ts";
import { createControls } from "./view/controls.ts";
import type { Page } from "./view/page.ts";
import { createView, type Part } from "./view/view.ts";

/** Delay before a failed request is repeated, ms. */
const RETRY_MS = 3_000;
/** Interval at which ages and durations are redrawn, ms. */
const REDRAW_MS = 1_000;
/** Minutes fetched before the visible span, for the price change over the last hour. */
const MARGIN_MINUTES = 61;

/** Subscribes to the feed, holds the state of the page, and draws it. */
function startDashboard(): void {
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
    onPickSymbol: showSymbol,
    onPickModel: pickModel,
    onMoveCursor: (cursor) => {
      if (cursor !== page.cursor) update({ cursor }, "cursor");
    },
  });

  function update(patch: Partial<Page>, part: Part): void {
    page = { ...page, ...patch };
    changed(part);
  }

  function addSignals(incoming: readonly Signal[]): void {
    const signals = mergeSignals(page.signals, incoming);
    update({ signals, nowcast: currentNowcast(signals, page.nowcast) }, "charts");
  }

  /** Loads the history of the shown market. Signals that arrive meanwhile are kept. */
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
      addSignals(signals);
    } catch (error) {
      if (turn !== lastLoad) return;
      if (!(error instanceof ServiceError)) throw error;
      update({ loading: { state: "failed", message: error.message } }, "facts");
      retry = setTimeout(load, RETRY_MS);
    }
    isLoading = false;
  }

  /** Loads the models when the status names other ones than the page has, and shows a notice. */
  async function followModels({ models }: Status): Promise<void> {
    const text = describePromotion(page.models, models);
    if (text === "" || page.models.length === 0) return;
    try {
      const fetched = await fetchModels();
      if (describePromotion(page.models, fetched) === "") return;
      update({ models: fetched, notice: { text, at: Date.now() } }, "charts");
    } catch {
      // The next status triggers another attempt.
    }
  }

  /** Applies a status. Loads the history if the source changed or the service has newer bars. */
  function applyStatus(status: Status): void {
    followModels(status);
    const moved = page.status !== null && page.status.source !== status.source;
    update({ status, statusAt: Date.now() }, "facts");
    if (moved) update({ signals: [], nowcast: null, cursor: null }, "charts");
    const market = status.symbols.find(({ symbol }) => symbol === page.symbol);
    const behind = isBehind(page.signals, market?.last_bar ?? null);
    if (moved || behind && !isLoading) load();
  }

  /** Shows the output of another model and remembers the choice. */
  function pickModel(model: string): void {
    remember("model", model);
    update({ model }, "charts");
    updateAddress();
  }

  /** Writes the market and the model into the address, so that the address can be shared. */
  function updateAddress(): void {
    const { symbol, model } = page;
    const query = new URLSearchParams({ symbol, ...(model !== null && { model }) });
    history.replaceState(null, "", `?${query}`);
  }

  /** Shows a market. */
  function showSymbol(symbol: string): void {
    closeFeed();
    const loading = { state: "loading" } as const;
    update({ symbol, signals: [], nowcast: null, cursor: null, loading }, "charts");
    updateAddress();
    closeFeed = openFeed(symbol, {
      opened() {
        update({ link: { state: "open" } }, "facts");
        load();
      },
      lost() {
        if (page.link.state === "lost") return;
        update({ link: { state: "lost", since: Date.now() } }, "facts");
      },
      signal: (signal) => addSignals([signal]),
      nowcast(nowcast) {
        update({ nowcast: currentNowcast(page.signals, nowcast) }, "forming");
      },
      status: applyStatus,
    });
  }

  /** Loads the list of markets, then shows the requested one, or the first. */
  async function begin(): Promise<void> {
    try {
      const [symbols, models] = await Promise.all([fetchSymbols(), fetchModels()]);
      update({ symbols, models }, "facts");
      showSymbol(symbols.includes(page.symbol) ? page.symbol : symbols[0] ?? page.symbol);
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
  setInterval(() => changed("facts"), REDRAW_MS);
  begin();
}

startDashboard();
