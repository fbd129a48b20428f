import { describe, expect, it } from "vitest";
import { lastFinal, type Page } from "../../../service/dashboard/view/page.ts";
import { titleOf } from "../../../service/dashboard/view/title.ts";
import type { Status } from "../../../data/schema/status.ts";
import { makeSignal, makeSymbolStatus, makeWarmingSignal } from "../../support/records.ts";
import { CLASSIC } from "./models.ts";

const NOW = makeSignal(1).timestamp + 30_000;

const STATUS: Status = {
  ...{ source: "binance", requested: "binance", connection: "live", message: "", since: 0 },
  ...{ clock_offset: 0, disconnects: 0, handovers: 0, invalid_frames: 0, rest_weight: 0 },
  ...{ invalid_frames_by_kind: {}, symbols: [makeSymbolStatus()], models: [] },
  ...{ models_problem: null, storage: null, damage: null, next_attempt: null },
};

const PAGE: Page = {
  ...{ span: 180, zone: "utc", featureScale: "raw", model: null, symbol: "BTCUSDT", unknown: null },
  ...{ symbols: ["BTCUSDT"], signals: [makeSignal(0)], nowcast: null, status: STATUS },
  ...{ statusAt: NOW, behindSince: null, models: [CLASSIC], notice: null, cursor: null },
  ...{ link: { state: "open" }, loading: { state: "ready" } },
};

const nowcast = (index: number) => ({ ...makeSignal(index), final: false });

/** The page while the history of its market is loaded. */
const LOADING: Page = {
  ...PAGE,
  status: { ...STATUS, symbols: [makeSymbolStatus({ loading: { have: 1, need: 2 } })] },
};

describe("the last final signal", () => {
  it("is of now while the forming minute follows it", () => {
    expect(lastFinal(PAGE)).toBe(PAGE.signals[0]);
    expect(lastFinal({ ...PAGE, nowcast: nowcast(2) })).toBe(PAGE.signals[0]);
    expect(lastFinal({ ...LOADING, nowcast: nowcast(1) })).toBe(PAGE.signals[0]);
  });

  it("is not of now while history is loaded or bars wait", () => {
    expect(lastFinal({ ...PAGE, nowcast: nowcast(10) })).toBeUndefined();
    expect(lastFinal(LOADING)).toBeUndefined();
    expect(lastFinal({ ...PAGE, signals: [] })).toBeUndefined();
  });
});

describe("the title", () => {
  it("begins with the price while it is the present one", () => {
    expect(titleOf(PAGE, NOW)).toBe("101.00 BTCUSDT, Normal Market | MicroStream");
  });

  it("has no regime of a model that is not ready", () => {
    const page = { ...PAGE, signals: [makeWarmingSignal(0, 1, 20)] };
    expect(titleOf(page, NOW)).toBe("101.00 BTCUSDT | MicroStream");
  });

  it("marks the price of a market that is not the real present one", () => {
    const status = { ...STATUS, source: "simulator" } as const;
    expect(titleOf({ ...PAGE, status }, NOW))
      .toBe("101.00 BTCUSDT (simulated), Normal Market | MicroStream");
    const day = 86_400_000;
    expect(titleOf({ ...PAGE, status: { ...STATUS, clock_offset: -2 * day } }, NOW + 2 * day))
      .toBe("101.00 BTCUSDT (1 May 2024), Normal Market | MicroStream");
  });

  it("has no price when it is not of now", () => {
    const link = { state: "lost", since: NOW, reason: "", retryAt: NOW } as const;
    expect(titleOf({ ...PAGE, link }, NOW))
      .toBe("BTCUSDT: No connection to MicroStream | MicroStream");
    expect(titleOf(LOADING, NOW)).toBe("BTCUSDT: Loading history | MicroStream");
    expect(titleOf({ ...PAGE, symbol: "", unknown: "NOPE" }, NOW))
      .toBe("NOPE is not watched here | MicroStream");
  });
});
