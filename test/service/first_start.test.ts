import { expect, test } from "vitest";
import { z } from "zod";
import { readEvents } from "../support/event_stream.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", ...Array.from({ length: 38 }, (_, i) => `COIN${i}USDT`)];
/** Loaded last, unless somebody looks at it. */
const VIEWED = "COIN37USDT";
/** Another late one, which nobody looks at. */
const LATE = "COIN36USDT";

const nowcastSchema = z.looseObject({ symbol: z.string(), ready: z.boolean() });
const states = z.array(z.looseObject({ symbol: z.string(), last_bar: z.number().nullish() }));

test("on a first start with many simulated markets nowcasts come before history, HTTP answers all along, and a market with a viewer is loaded first", async () => {
  const service = await ServiceProcess.start({
    ...{ SOURCE: "simulator", SYMBOLS: SYMBOLS.join(), DATA_DIR: temporaryFolder() },
    HISTORY_DAYS: "2",
  }, { launcher: true });
  const stop = new AbortController();
  const first = new Map<string, boolean>();
  const listen = async () => {
    for await (const { data } of readEvents(`${service.url}/api/v1/stream?events=nowcast`)) {
      const { symbol, ready } = nowcastSchema.parse(JSON.parse(data));
      if (!first.has(symbol)) first.set(symbol, ready);
      if (stop.signal.aborted) return;
    }
  };
  const view = async () => {
    for await (
      const _ of readEvents(`${service.url}/api/v1/stream?events=nowcast&symbols=${VIEWED}`)
    ) if (stop.signal.aborted) return;
  };
  const listening = [listen(), view()].map((each) => each.catch(() => {}));

  // What the serving loop has to say while the past is worked out and loaded.
  let answers = 0;
  const loadedWhen = async (symbol: string) => {
    const known = states.parse(await service.get("/api/v1/symbols"));
    answers++;
    return known.find((state) => state.symbol === symbol)?.last_bar ?? undefined;
  };
  // Which markets are loaded before their first nowcast depends on the machine; not all are.
  const early = () => [...first.values()].includes(false) || undefined;
  await until("a nowcast that comes before its market's history", early);
  const isRecent = (time: number | undefined) =>
    time !== undefined && time > Date.now() - 10 * 60_000 ? time : undefined;
  const viewedFirst = await until("a loaded market", async () => {
    if (isRecent(await loadedWhen(VIEWED))) return true;
    return isRecent(await loadedWhen(LATE)) ? false : undefined;
  });
  expect(viewedFirst).toBe(true);
  await until("the last market", async () => isRecent(await loadedWhen(LATE)));
  expect(answers).toBeGreaterThan(2);
  stop.abort();
  await service.kill("SIGTERM");
  await Promise.all(listening);
});
