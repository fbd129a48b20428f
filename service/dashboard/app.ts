import type { Signal } from "../../data/schema/signal.ts";
import type { Status, SymbolStatus } from "../../data/schema/status.ts";
import { fetchModels, fetchSignals, fetchSymbols, ServiceError } from "./client/api.ts";
import { openFeed } from "./client/feed.ts";
import { retryDelay } from "./client/retry.ts";
import { currentNowcast, isBehind, leavesGap, mergeSignals } from "./data/history.ts";
import { describePromotion } from "./data/model.ts";
import { readSettings } from "./settings.ts";
import { remember } from "./storage.ts";
import { createControls } from "./view/controls.ts";
import type { Page } from "./view/page.ts";
import { createView, type Part } from "./view/view.ts";

/** Longest name of an unknown market that is shown in full. */
const LONGEST_NAME = 32;
/** Interval at which ages and durations are redrawn, ms. */
const REDRAW_MS = 1_000;
/** Interval at which the live scores of the forecasts are loaded, ms. */
const REFRESH_MS = 60_000;
/** Minutes fetched before the visible span, for the price change over the last hour. */
const MARGIN_MINUTES = 61;

/** Subscribes to the feed, holds the state of the page, and draws it. */
function startDashboard(): void {
  let page: Page = {
    ...readSettings(),
    symbol: "",
    unknown: null,
    symbols: [],
    signals: [],
    nowcast: null,
    status: null,
    statusAt: 0,
    behindSince: null,
    models: [],
    notice: null,
    link: { state: "connecting" },
    loading: { state: "loading" },
    cursor: null,
  };
  let closeFeed = () => {};
  let lastLoad = 0;
  let isLoading = false;
  let failures = 0;
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
        fetchModels(symbol),
        fetchSymbols(),
      ]);
      if (turn !== lastLoad) return;
      failures = 0;
      update({ models, symbols, loading: { state: "ready" } }, "charts");
      addSignals(signals);
    } catch (error) {
      if (turn !== lastLoad) return;
      if (!(error instanceof ServiceError)) throw error;
      update({ loading: { state: "failed", message: error.message } }, "facts");
      retry = setTimeout(load, retryDelay(++failures, error.retryAfter));
    }
    isLoading = false;
  }

  /** Loads the models when the status names other ones than the page has, and shows a notice. */
  async function followModels({ models }: Status): Promise<void> {
    const text = describePromotion(page.models, models);
    if (text === "" || page.models.length === 0) return;
    try {
      const fetched = await fetchModels(page.symbol);
      if (describePromotion(page.models, fetched) === "") return;
      update({ models: fetched, notice: { text, at: Date.now() } }, "charts");
    } catch {
      // The next status triggers another attempt.
    }
  }

  /** Loads the models again, whose live scores have moved. */
  async function refreshModels(): Promise<void> {
    const { symbol } = page;
    if (symbol === "" || document.hidden || isLoading) return;
    try {
      const models = await fetchModels(symbol);
      // Another model is a promotion, of which the status tells.
      if (symbol === page.symbol && describePromotion(page.models, models) === "") {
        update({ models }, "facts");
      }
    } catch {
      // The next minute brings another attempt.
    }
  }

  /** Applies a status. Loads the history if the source changed or the service has newer bars. */
  function applyStatus(status: Status): void {
    followModels(status);
    const { status: before, symbol: shown } = page;
    const moved = before !== null && before.source !== status.source;
    const market = marketOf(status, shown);
    const behind = isBehind(page.signals, market?.last_bar ?? null);
    const behindSince = behind ? page.behindSince ?? Date.now() : null;
    update({ status, statusAt: Date.now(), behindSince }, "facts");
    if (moved) update({ signals: [], nowcast: null, cursor: null }, "charts");
    // History is not news: what was loaded in the meantime has to be asked for.
    const loaded = isLoadingHistory(marketOf(before, shown)) && !isLoadingHistory(market);
    if (moved || loaded || behind && !isLoading) load();
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
    const fresh = { signals: [], nowcast: null, cursor: null, behindSince: null, loading } as const;
    update({ symbol, unknown: null, ...fresh }, "charts");
    updateAddress();
    closeFeed = openFeed(symbol, {
      link: (link) => update({ link }, "facts"),
      opened: load,
      refused: checkSymbol,
      signal(signal) {
        const gap = leavesGap(page.signals, signal);
        addSignals([signal]);
        if (gap) load();
      },
      nowcast(nowcast) {
        update({ nowcast: currentNowcast(page.signals, nowcast) }, "forming");
      },
      status: applyStatus,
    });
  }

  /** Says that the service does not have a market, and shows none in its place. */
  function showUnknown(unknown: string): void {
    closeFeed();
    clearTimeout(retry);
    lastLoad++;
    if (unknown.length > LONGEST_NAME) unknown = `${unknown.slice(0, LONGEST_NAME)}…`;
    const nothing = { signals: [], nowcast: null, cursor: null, status: null } as const;
    update({ symbol: "", unknown, ...nothing }, "charts");
  }

  /** Whether the service still has the shown market: it may have been started with other ones. */
  async function checkSymbol(): Promise<void> {
    const { symbol } = page;
    const symbols = await fetchSymbols().catch(() => null);
    if (symbols === null || symbol === "" || symbol !== page.symbol) return;
    update({ symbols }, "facts");
    if (!symbols.includes(symbol)) showUnknown(symbol);
  }

  /** Loads the list of markets, then shows the requested one, or the first if none is. */
  async function begin(): Promise<void> {
    try {
      const [symbols, models] = await Promise.all([fetchSymbols(), fetchModels()]);
      failures = 0;
      update({ symbols, models }, "facts");
      const wanted = new URLSearchParams(location.search).get("symbol")?.trim() ?? "";
      const symbol = wanted === "" ? symbols[0] ?? "" : wanted.toUpperCase();
      if (symbols.includes(symbol)) showSymbol(symbol);
      else showUnknown(wanted);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { link } = page;
      const delay = retryDelay(++failures, error.retryAfter);
      const since = link.state === "lost" ? link.since : Date.now();
      const lost = { state: "lost", since, reason: error.message } as const;
      update({ link: { ...lost, retryAt: Date.now() + delay } }, "facts");
      setTimeout(begin, delay);
    }
  }

  createControls(page, (chosen) => {
    update({ ...chosen, cursor: null }, "charts");
    if (chosen.span !== undefined) load();
  });
  setInterval(() => changed("facts"), REDRAW_MS);
  setInterval(refreshModels, REFRESH_MS);
  begin();
}

/** A market's part of a status. */
function marketOf(status: Status | null, symbol: string): SymbolStatus | undefined {
  return status?.symbols.find((market) => market.symbol === symbol);
}

function isLoadingHistory(market: SymbolStatus | undefined): boolean {
  return (market?.loading ?? null) !== null;
}

startDashboard();
