import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EmbeddedLog } from "../../../../service/bus/embedded/embedded_log.ts";
import type { LogRecord } from "../../../../service/bus/event_log.ts";
import { eventsOf, everythingOf } from "../../../support/log_events.ts";
import { barRecords, makeBar, makeSignal, signalRecords } from "../../../support/records.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "XRPUSDT", "LTCUSDT"];

/** Runs of records of one market and kind, some of them history. */
const journal = fc.array(
  fc.record({
    symbol: fc.constantFrom(...SYMBOLS),
    kind: fc.constantFrom("bar" as const, "signal" as const),
    count: fc.integer({ min: 1, max: 30 }),
    history: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

const search = fc.record({
  kinds: fc.subarray(["bar", "signal"] as const, { minLength: 1 }),
  symbols: fc.subarray(SYMBOLS),
  // With many markets, rows are read instead of the index.
  others: fc.constantFrom(0, 0, 100),
  since: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 12 }),
  after: fc.nat(),
});

test("pages from the file have every wanted record once and in order, and no others", async () => {
  await fc.assert(
    fc.asyncProperty(
      journal,
      fc.array(search, { minLength: 5, maxLength: 20 }),
      async (runs, searches) => {
        const path = join(temporaryFolder(), "binance.sqlite");
        const log = new EmbeddedLog(path);
        const next = new Map<string, number>();
        const records = runs.flatMap(({ symbol, kind, count, history }): LogRecord[] => {
          const first = next.get(`${kind} ${symbol}`) ?? 0;
          next.set(`${kind} ${symbol}`, first + count);
          const minutes = [...Array(count).keys()].map((i) => first + i);
          const mark = history ? { backfill: true as const } : {};
          return kind === "bar"
            ? barRecords(...minutes.map((minute) => ({ ...makeBar(minute, symbol), ...mark })))
            : signalRecords(
              ...minutes.map((minute) => ({ ...makeSignal(minute, symbol), ...mark })),
            );
        });
        await log.append(records);
        await log.close();
        // Opened again, nothing of it is in memory.
        const again = new EmbeddedLog(path);
        const all = eventsOf(again, { filter: everythingOf(...SYMBOLS) });
        expect(all.map(({ json }) => json)).toEqual(
          records.map(({ record }) => JSON.stringify(record)),
        );
        for (const { kinds, symbols, others, since, limit, after } of searches) {
          const names = [...symbols, ...[...Array(others).keys()].map((i) => `X${i}USDT`)];
          const time = since === undefined ? undefined : makeBar(since).timestamp;
          const filter = { kinds: new Set(kinds), symbols: new Set(names), since: time };
          const from = after % (all.length + 1);
          const position = from === 0 ? again.start : all[from - 1]?.id ?? "";
          const wanted = all.slice(from).filter(({ kind, symbol, timestamp, backfill }) =>
            kinds.includes(kind) && symbols.includes(symbol) &&
            (time === undefined ? !backfill : timestamp >= time)
          );
          expect(eventsOf(again, { after: position, limit, filter })).toEqual(wanted);
        }
        await again.close();
      },
    ),
    { numRuns: 20 },
  );
});
