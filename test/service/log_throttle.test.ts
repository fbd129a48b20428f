import { expect, test } from "vitest";
import { createLog, type LogLevel } from "../../service/log.ts";
import { throttleFailures } from "../../service/log_throttle.ts";

function setUp(threshold: LogLevel = "WARNING") {
  const lines: Record<string, unknown>[] = [];
  let now = 0;
  const log = throttleFailures(
    createLog(threshold, (line) => {
      const { time: _, ...entry } = JSON.parse(line);
      lines.push(entry);
    }),
    () => now,
  );
  return { log, lines, advance: (ms: number) => now += ms };
}

const REFUSED = { level: "WARNING", message: "cannot get klines" };

test("a failure of many symbols is logged once a minute, with the number of suppressed entries", () => {
  const { log, lines, advance } = setUp();
  const fail = () => {
    for (const symbol of ["A", "B", "C"]) log.warning("cannot get klines", { symbol, why: "500" });
  };
  fail();
  advance(59_999);
  fail();
  expect(lines).toEqual([{ ...REFUSED, symbol: "A", why: "500" }]);
  advance(1);
  fail();
  expect(lines.slice(1)).toEqual([{ ...REFUSED, symbol: "A", why: "500", suppressed: 5 }]);
});

test("another reason or another message is logged at once", () => {
  const { log, lines } = setUp();
  log.warning("cannot get klines", { why: "500" });
  log.warning("cannot get klines", { why: "429" });
  log.warning("cannot get trades", { why: "500" });
  expect(lines).toHaveLength(3);
});

test("suppressed entries become debug entries, and entries without a reason pass through", () => {
  const { log, lines } = setUp("DEBUG");
  for (const symbol of ["A", "B"]) log.warning("cannot get klines", { symbol, why: "500" });
  expect(lines.map(({ level }) => level)).toEqual(["WARNING", "DEBUG"]);
  for (let i = 0; i < 2; i++) log.warning("trade ids restarted", { symbol: "A" });
  expect(lines.slice(2).map(({ level }) => level)).toEqual(["WARNING", "WARNING"]);
});

test("only the latest of ever-changing reasons are remembered", () => {
  const { log, lines } = setUp();
  for (let i = 0; i <= 100; i++) log.warning("cannot get klines", { why: String(i) });
  log.warning("cannot get klines", { why: "100" });
  expect(lines).toHaveLength(101);
  log.warning("cannot get klines", { why: "0" });
  expect(lines).toHaveLength(102);
});
