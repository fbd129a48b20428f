import { expect, test } from "vitest";
import { createLog, type LogLevel } from "../../service/log.ts";
import { throttleFailures } from "../../service/log_throttle.ts";

function setUp(least: LogLevel = "WARNING") {
  const lines: Record<string, unknown>[] = [];
  let now = 0;
  const log = throttleFailures(
    createLog(least, (line) => {
      const { time: _, ...entry } = JSON.parse(line);
      lines.push(entry);
    }),
    () => now,
  );
  return { log, lines, pass: (ms: number) => now += ms };
}

const REFUSED = { level: "WARNING", message: "cannot get klines" };

test("one failure of many symbols is told once a minute, with the number left out", () => {
  const { log, lines, pass } = setUp();
  const fail = () => {
    for (const symbol of ["A", "B", "C"]) log.warning("cannot get klines", { symbol, why: "500" });
  };
  fail();
  pass(59_999);
  fail();
  expect(lines).toEqual([{ ...REFUSED, symbol: "A", why: "500" }]);
  pass(1);
  fail();
  expect(lines.slice(1)).toEqual([{ ...REFUSED, symbol: "A", why: "500", left_out: 5 }]);
});

test("another reason and another message are told at once", () => {
  const { log, lines } = setUp();
  log.warning("cannot get klines", { why: "500" });
  log.warning("cannot get klines", { why: "429" });
  log.warning("cannot get trades", { why: "500" });
  expect(lines).toHaveLength(3);
});

test("what is left out is there for who debugs, and what is no failure always", () => {
  const { log, lines } = setUp("DEBUG");
  for (const symbol of ["A", "B"]) log.warning("cannot get klines", { symbol, why: "500" });
  expect(lines.map(({ level }) => level)).toEqual(["WARNING", "DEBUG"]);
  for (let i = 0; i < 2; i++) log.warning("trade ids have begun anew", { symbol: "A" });
  expect(lines.slice(2).map(({ level }) => level)).toEqual(["WARNING", "WARNING"]);
});

test("of reasons that are never the same only the latest are remembered", () => {
  const { log, lines } = setUp();
  for (let i = 0; i <= 100; i++) log.warning("cannot get klines", { why: String(i) });
  log.warning("cannot get klines", { why: "100" });
  expect(lines).toHaveLength(101);
  log.warning("cannot get klines", { why: "0" });
  expect(lines).toHaveLength(102);
});
