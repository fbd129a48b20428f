import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Arguments } from "../../../data/common/arguments.ts";
import { OPTIONS, readOptions } from "../../../service/commands/exchange_options.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const parseCommandLine = (args: readonly string[]) => readOptions(new Arguments(args, OPTIONS));

describe("the command line", () => {
  test("has defaults", () => {
    expect(parseCommandLine([])).toMatchObject({
      host: "127.0.0.1",
      port: 9443,
      speed: 1,
      trades: [],
      klines: [],
      seed: 1,
      activity: 1,
      symbols: expect.arrayContaining(["BTCUSDT", "PEPEUSDT"]),
    });
  });

  test("takes several files after one flag, and the flag again", () => {
    const args = ["--trades", "a", "b", "--speed=20", "--klines", "c", "d", "e", "--trades", "f"];
    expect(parseCommandLine(args)).toMatchObject({
      trades: ["a", "b", "f"],
      klines: ["c", "d", "e"],
      speed: 20,
    });
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
    expect(parseCommandLine([])).toMatchObject({ faults: undefined, capture: undefined });
    expect(parseCommandLine(["--capture", "a.jsonl.gz", "--faults", "seed=7; drop 1%"])).toEqual(
      parseCommandLine(["--capture", "a.jsonl.gz", "--faults", `@${file}`]),
    );
    expect(parseCommandLine(["--faults", `@${file}`]).faults).toMatchObject({
      seed: 7,
      frames: [{ name: "drop" }],
    });
  });

  test.each([
    [["--faults", "drop 7"], '--faults: Cannot read the fault "drop 7": a rate from 0 % to 100 %'],
    [["--faults", "@nowhere.txt"], '--faults: there is no file "nowhere.txt"'],
    [["--capture", "a", "--seed", "1"], "--seed, --symbols and --activity are for the simulated"],
    [["--port", "70000"], "--port must be a whole number from 0 to 65535"],
    [["--port", ""], "--port must be a whole number from 0 to 65535"],
    [["--speed", "0"], "--speed must be a number from 0.001 to 100000"],
    [["--seed", "1.5"], "--seed must be a whole number from 0 to 4294967295"],
    [["a.csv"], 'unexpected argument "a.csv"'],
    [["--speed", "2", "a.csv"], "--speed takes one value: 2 a.csv"],
    [
      ["--trades", "a.csv", "--seed", "1"],
      "--seed, --symbols and --activity are for the simulated",
    ],
    [["--nonsense"], "--nonsense"],
  ])("is refused: %j", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
