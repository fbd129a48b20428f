import { expect, test } from "vitest";
import {
  describeChoice,
  type RequestedSource,
  selectSource,
  type SourceChoice,
} from "../../../service/ingest/source_selector.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** Selects with the outcomes of successive probes; "silent" never answers, "" is a success. */
function select(requested: RequestedSource, ...probes: string[]) {
  const clock = new VirtualClock();
  const closing = new AbortController();
  const choices: SourceChoice[] = [];
  const probedAt: number[] = [];
  const run = async () => {
    const exchange = {
      probe: () => {
        const outcome = probes[probedAt.length] ?? "";
        probedAt.push(clock.monotonic());
        if (outcome === "silent") return new Promise<void>(() => {});
        return outcome === "" ? Promise.resolve() : Promise.reject(new Error(outcome));
      },
    };
    const selection = selectSource({ requested, exchange, clock, signal: closing.signal });
    for await (const choice of selection) choices.push(choice);
  };
  return { clock, closing, choices, probedAt, run: run() };
}

test.each(
  [
    ["binance", [{ name: "binance" }]],
    ["simulator", [{ name: "simulator", reason: null }]],
  ] as const,
)("SOURCE=%s is final, without a probe", async (requested, expected) => {
  const { choices, probedAt, run } = select(requested);
  await run;
  expect(choices).toEqual(expected);
  expect(probedAt).toEqual([]);
});

test("auto takes Binance when it answers", async () => {
  const { choices, run } = select("auto", "");
  await run;
  expect(choices).toEqual([{ name: "binance" }]);
});

test("auto runs the simulator until Binance answers, and follows the reason", async () => {
  const { clock, choices, probedAt, run } = select("auto", "HTTP 451", "HTTP 451", "no route", "");
  await clock.advance(30_000);
  await run;
  expect(probedAt).toEqual([0, 10_000, 20_000, 30_000]);
  expect(choices).toEqual([
    { name: "simulator", reason: "HTTP 451" },
    { name: "simulator", reason: "no route" },
    { name: "binance" },
  ]);
});

test("a probe without an answer fails after five seconds", async () => {
  const { clock, choices } = select("auto", "silent", "silent");
  await clock.advance(4999);
  expect(choices).toEqual([]);
  await clock.advance(1);
  expect(choices).toEqual([{ name: "simulator", reason: "no answer within 5 s" }]);
});

test("the selection ends when it is aborted, during a probe and between two", async () => {
  for (const probe of ["silent", "HTTP 451"]) {
    const { clock, closing, run } = select("auto", probe);
    await clock.advance(0);
    const ended = expect(run).rejects.toThrow("closed");
    closing.abort(new Error("closed"));
    await ended;
    expect(clock.sleeping).toBe(0);
  }
});

test("the description of a choice says why the market is simulated", () => {
  expect(describeChoice({ name: "binance" }, 1)).toBeNull();
  expect(describeChoice({ name: "simulator", reason: null }, 7))
    .toBe("Simulated market, seed 7, set by SOURCE=simulator");
  expect(describeChoice({ name: "simulator", reason: "HTTP 451" }, 7))
    .toBe("Simulated market: Binance cannot be reached (HTTP 451); retrying every 10 s");
});
