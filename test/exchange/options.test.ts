import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../service/exchange/options.ts";

describe("the command line", () => {
  test("has defaults", () => {
    expect(parseCommandLine([])).toMatchObject({
      help: false,
      host: "127.0.0.1",
      port: 9443,
      speed: 1,
      trades: [],
      klines: [],
      seed: 1,
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
    expect(parseCommandLine(["--seed", "7", "--symbols", "btcusdt, ETHUSDT", "--port", "0"]))
      .toMatchObject({ seed: 7, symbols: ["BTCUSDT", "ETHUSDT"], port: 0 });
  });

  test.each([
    [["--port", "70000"], '--port must be a whole number from 0 to 65535: given is "70000"'],
    [["--port", ""], '--port must be a whole number from 0 to 65535: given is ""'],
    [["--speed", "0"], '--speed must be a number above 0: given is "0"'],
    [["--seed", "1.5"], '--seed must be a whole number from 0 to 4294967295: given is "1.5"'],
    [["a.csv"], 'unexpected argument "a.csv": see --help'],
    [["--speed", "2", "a.csv"], 'unexpected argument "a.csv": see --help'],
    [["--trades", "a.csv", "--seed", "1"], "--seed and --symbols are for the simulated market"],
    [["--nonsense"], "--nonsense"],
  ])("is refused: %j", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
