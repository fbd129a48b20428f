import { describe, expect, test } from "vitest";
import { FAULTS_HELP } from "../../../../service/simulator/faults/language.ts";
import { FORMS } from "../../../../service/simulator/faults/forms.ts";
import { parseFaults } from "../../../../service/simulator/faults/parse.ts";

describe("the language of faults", () => {
  test.each([
    ["drop 1%", "frames", { kind: "drop" }, { rate: 0.01 }],
    ["duplicate 0.01", "frames", { kind: "duplicate" }, { rate: 0.01 }],
    ["reorder 1% within 3", "frames", { kind: "reorder", within: 3 }, { rate: 0.01 }],
    ["reorder within 3 1%", "frames", { kind: "reorder", within: 3 }, { rate: 0.01 }],
    ["reorder 1%", "frames", { kind: "reorder", within: 8 }, { rate: 0.01 }],
    ["delay 0.5% by 200ms..2s", "frames", { kind: "delay", from: 200, to: 2000 }, { rate: 0.005 }],
    ["delay 1% by 1s", "frames", { kind: "delay", from: 1000, to: 1000 }, { rate: 0.01 }],
    ["garbage 0.1%", "frames", { kind: "garbage" }, { rate: 0.001 }],
    ["truncate .5%", "frames", { kind: "truncate" }, { rate: 0.005 }],
    ["wrong-types 100%", "frames", { kind: "wrong-types" }, { rate: 1 }],
    ["absurd-prices 0", "frames", { kind: "absurd-prices" }, { rate: 0 }],
    ["drop at 1h for 10m", "frames", { kind: "drop" }, {
      at: [{ sinceStart: 3_600_000 }],
      lasting: 600_000,
    }],
    ["drop 50% every 1h for 5m", "frames", { kind: "drop" }, {
      rate: 0.5,
      every: 3_600_000,
      lasting: 300_000,
    }],
    ["stall 30s every 10m", "connections", { kind: "stall", duration: 30_000 }, { every: 600_000 }],
    ["close 1000 every 5m", "connections", { kind: "close", code: 1000 }, { every: 300_000 }],
    ["close 4001 0.1%", "connections", { kind: "close", code: 4001 }, { rate: 0.001 }],
    ["reset every 1h30m", "connections", { kind: "reset" }, { every: 5_400_000 }],
    ["shutdown at 00:10", "connections", { kind: "shutdown", lead: 10_000 }, {
      at: [{ sinceStart: 600_000 }],
    }],
    ["shutdown at 2h,2024-05-01T03:00:00Z lead 1m", "connections", {
      kind: "shutdown",
      lead: 60_000,
    }, { at: [{ sinceStart: 7_200_000 }, { utc: Date.UTC(2024, 4, 1, 3) }] }],
    ["refuse 451 for 30s at 2h", "http", { kind: "refuse", status: 451 }, {
      at: [{ sinceStart: 7_200_000 }],
      lasting: 30_000,
    }],
    ["rest 429 5% retry-after 2s", "http", { kind: "rest", status: 429, retryAfterSeconds: 2 }, {
      rate: 0.05,
    }],
    ["rest timeout 5%", "http", { kind: "rest timeout" }, { rate: 0.05 }],
    ["rest break 5%", "http", { kind: "rest break" }, { rate: 0.05 }],
    ["rest lag 3s", "times", { kind: "rest lag", by: 3000 }, {}],
    ["rest lag 3s 50%", "times", { kind: "rest lag", by: 3000 }, { rate: 0.5 }],
    ["skew +1500ms", "times", { kind: "skew", by: 1500 }, {}],
    ["skew -2s at 00:01:30", "times", { kind: "skew", by: -2000 }, {
      at: [{ sinceStart: 90_000 }],
    }],
    ["halt ETHUSDT at 00:10 for 5m", "markets", { kind: "halt", symbol: "ETHUSDT" }, {
      at: [{ sinceStart: 600_000 }],
      lasting: 300_000,
    }],
    ["unlist 币安人生USDT", "markets", { kind: "unlist", symbol: "币安人生USDT" }, {}],
  ])("reads %j", (spec, list, fault, when) => {
    expect(parseFaults(spec)).toMatchObject({ [list]: [{ fault, when, index: 0 }] });
  });

  test("has a seed and a lifetime of connections", () => {
    expect(parseFaults("")).toMatchObject({ seed: 1 });
    expect(parseFaults("seed=7; lifetime 24h")).toMatchObject({ seed: 7, lifetime: 86_400_000 });
  });

  test("separates clauses by semicolons and lines, with comments", () => {
    const lines = "# a storm\nseed = 7\n\ndrop 1% # of all\nreset every 3m;close 1001 every 5m\n";
    expect(parseFaults(lines)).toEqual(
      parseFaults("seed=7;drop 1%; reset every 3m ;close 1001 every 5m;"),
    );
  });

  test.each([
    ["explode", "it must be one of seed, drop,"],
    ["drop", "it must say when: RATE, at, every, for; the form is: drop CHANCE"],
    ["drop 7", 'its value must be a rate from 0 % to 100 % (1% or 0.01): current value is "7"'],
    ["drop 101%", 'current value is "101%"'],
    ["drop -1%", '"-1%" must not be here: allowed are RATE, at, every, for'],
    ["drop 1% 2%", "RATE is given twice"],
    ["drop 1% within 8", '"within" must not be here'],
    ["drop every 5m", 'every must have "for" with a shorter duration here'],
    ["drop every 5m for 5m", 'every must have "for" with a shorter duration here'],
    ["drop 1% for 5m", 'for must have "at" or "every"'],
    ["drop at", 'something must follow "at"'],
    ["drop at noon", "a time (00:10, 2h after the clock's start, or 2024-05-01T00:10:00Z)"],
    ["drop at 1h every 1h for 1m", "at and every must not be given together"],
    [
      "reorder 1% within 0",
      'its value must be a whole number from 1 to 1000: current value is "0"',
    ],
    ["delay 1%", "its value must be a duration above 0 (200ms, 2s, 5m, 1h30m, 1d): there is none"],
    ["delay 1% by 2s..1s", "a duration or a range of them"],
    ["stall every 10m", 'it must have a value before "every"; the form is: stall DURATION MOMENTS'],
    [
      "stall 30 every 10m",
      'its value must be a duration above 0 (200ms, 2s, 5m, 1h30m, 1d): current value is "30"',
    ],
    ["stall 30s 1% every 10m", "a rate and times must not be given together here"],
    [
      "close 1006 every 5m",
      "its value must be a close code (1000 to 1003, 1007 to 1014, 3000 to 4999)",
    ],
    ["rest", "it must have a value; the form is: rest STATUS CHANCE"],
    ["rest slow 5%", "it must be one of rest STATUS, rest timeout, rest break, rest lag"],
    ["rest 200 5%", 'its value must be an HTTP status from 400 to 599: current value is "200"'],
    ["skew 5s", 'its value must be a duration with a sign (+1500ms, -2s): current value is "5s"'],
    ["seed=-1", "its value must be a whole number from 0 to 4294967295"],
    ["lifetime 24h every 5m", '"every" must not be here: nothing may follow'],
  ])("refuses %j in one line that names it", (clause, message) => {
    const parse = () => parseFaults(`seed=1; ${clause}; drop 1%`);
    expect(parse).toThrow(SyntaxError);
    expect(parse).toThrow(`Cannot read the fault "${clause}": `);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow("\n");
  });

  test("is described completely by the help", () => {
    for (const { usage, meaning } of FORMS.values()) {
      expect(FAULTS_HELP).toContain(usage);
      expect(FAULTS_HELP).toContain(meaning);
    }
  });
});
