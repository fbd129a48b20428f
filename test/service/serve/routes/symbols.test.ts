import { expect, test } from "vitest";
import { makeSymbolStatus } from "../../../support/records.ts";
import { makeStatus, setUp } from "../support.ts";

test("a market that no feed has reported on has only its name", async () => {
  const response = await setUp({ symbols: ["BTCUSDT", "NEWUSDT"] }).request("/api/v1/symbols");
  expect(await response.json()).toEqual([makeSymbolStatus(), { symbol: "NEWUSDT" }]);
});

test("the state of the feed is read once, and that of each market as often however many there are", async () => {
  async function readsOf(count: number): Promise<{ status: number; perSymbol: number }> {
    const reads = { status: 0, symbol: 0 };
    const names = Array.from({ length: count }, (_, i) => `M${i}USDT`);
    const statuses = names.map((symbol) => ({
      ...makeSymbolStatus(),
      get symbol() {
        reads.symbol++;
        return symbol;
      },
    }));
    const status = {
      ...makeStatus(),
      get symbols() {
        reads.status++;
        return statuses;
      },
    };
    const response = await setUp({ symbols: names, status }).request("/api/v1/symbols");
    expect(await response.json()).toHaveLength(count);
    return { status: reads.status, perSymbol: reads.symbol / count };
  }
  const few = await readsOf(16);
  expect(few.status).toBe(1);
  expect(await readsOf(1024)).toEqual(few);
});
