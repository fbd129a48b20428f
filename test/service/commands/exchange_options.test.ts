import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  defineExchange,
  type ExchangeOptions,
} from "../../../service/commands/exchange_options.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function parseCommandLine(args: readonly string[]): ExchangeOptions | undefined {
  let parsed: ExchangeOptions | undefined;
  defineExchange((options) => {
    parsed = options;
  }).parse(args, { from: "user" });
  return parsed;
}

/** Existing files to name. */
function makeFiles(...names: readonly string[]): readonly string[] {
  const folder = temporaryFolder();
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, "");
  return paths;
}

describe("the command line", () => {
  test("has defaults", () => {
    expect(parseCommandLine([])).toMatchObject({
      host: "127.0.0.1",
      port: 9443,
      speed: 1,
      seed: 1,
      activity: 1,
      symbols: expect.arrayContaining(["BTCUSDT", "PEPEUSDT"]),
    });
  });

  test("takes several files after one flag, and the flag again", () => {
    const [a = "", b = "", c = "", d = ""] = makeFiles("a", "b", "c", "d");
    const args = ["--trades", a, b, "--speed=20", "--klines", c, "--trades", d];
    expect(parseCommandLine(args)).toMatchObject({ trades: [a, b, d], klines: [c], speed: 20 });
  });

  test("describes the simulated market", () => {
    const args = ["--seed", "7", "--symbols", "btcusdt, ETHUSDT", "--port", "0", "--activity", "3"];
    expect(parseCommandLine(args)).toMatchObject({
      seed: 7,
      symbols: ["BTCUSDT", "ETHUSDT"],
      port: 0,
      activity: 3,
    });
  });

  test("takes faults, in words or from a file, and a capture", () => {
    const file = join(temporaryFolder(), "storm.txt");
    writeFileSync(file, "seed=7 # lucky\ndrop 1%\n");
    const [capture = ""] = makeFiles("a.jsonl.gz");
    expect(parseCommandLine(["--capture", capture, "--faults", "seed=7; drop 1%"])).toEqual(
      parseCommandLine(["--capture", capture, "--faults", `@${file}`]),
    );
    expect(parseCommandLine(["--faults", `@${file}`])?.faults).toMatchObject({
      seed: 7,
      frames: [{ name: "drop" }],
    });
  });

  test.each([
    [["--faults", "drop 7"], '--faults: Cannot read the fault "drop 7": its value must be a rate'],
    [["--faults", "@nowhere.txt"], "--faults must name a file that exists"],
    [["--capture", "deno.json", "--seed", "1"], "'--seed <n>' cannot be used with option '--cap"],
    [["--trades", "deno.json", "--seed", "1"], "'--seed <n>' cannot be used with option '--trad"],
    [["--trades", "nowhere.csv"], "Cannot read nowhere.csv as there is no such file"],
    [["--port", "70000"], "--port must be a whole number from 0 to 65535"],
    [["--port", ""], "--port must be a whole number from 0 to 65535"],
    [["--speed", "0"], "--speed must be a number from 0.001 to 100000"],
    [["--seed", "1.5"], "--seed must be a whole number from 0 to 4294967295"],
    [["a.csv"], "too many arguments"],
    [["--speed", "2", "a.csv"], "too many arguments"],
    [["--nonsense"], "unknown option '--nonsense'"],
  ])("is refused: %j", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
