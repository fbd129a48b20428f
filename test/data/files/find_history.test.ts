import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findHistory } from "../../../data/files/find_history.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** A project's folder with files around it. */
function project(...files: string[]): string {
  const root = join(temporaryFolder(), "main");
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

const BLOCK = "../shared/data/klines/BTCUSDT-spot-1m-ohlcv-20230101-20230128.csv.gz";

test("without history nothing is found", () => {
  expect(findHistory(project())).toBeUndefined();
  expect(findHistory(project("data/store/BTCUSDT/notes.txt", "data/files/klines.ts")))
    .toBeUndefined();
});

test("real market data beside the project has precedence, whole blocks of the symbol only", () => {
  const root = project(
    "../shared/data/klines/BTCUSDT-spot-1m-ohlcv-20240808-capture.csv.gz",
    "../shared/data/klines/BTCUSDT-spot-1m-12col-20210515-20210522.csv.gz",
    "../shared/data/klines/ETHUSDT-spot-1m-ohlcv-20250520-20250818.csv.gz",
    "../shared/data/klines/BTCUSDT-spot-1m-ohlcv-20230316-20230324.csv.gz",
    BLOCK,
    "data/store/BTCUSDT/BTCUSDT-1m-2024-05.zip",
  );
  expect(findHistory(root)).toEqual({
    bars: [BLOCK, BLOCK.replace("20230101-20230128", "20230316-20230324")]
      .map((file) => join(root, file)),
    sentence: "These are real minutes of BTCUSDT beside the project: " +
      "2 files in ../shared/data/klines.",
  });
  expect(findHistory(root, "ETHUSDT")?.bars).toHaveLength(1);
});

test("downloads come in order of time, single days only where there is no month", () => {
  const files = [
    "2024-05-31.zip",
    "2024-05.zip",
    "2024-06-02.zip",
    "2024-06-01.zip",
    "2024-04.zip",
  ];
  const root = project(
    ...files.map((file) => `data/store/BTCUSDT/BTCUSDT-1m-${file}`),
    "data/store/BTCUSDT/BTCUSDT-1m-2024-07.zip.part",
    "data/store/BTCUSDT/BTCUSDT-aggTrades-2024-05.zip",
    "data/store/BTCUSDT/usdm/BTCUSDT-1m-2024-08.zip",
  );
  const found = findHistory(root);
  expect(found?.bars).toEqual(
    ["2024-04", "2024-05", "2024-06-01", "2024-06-02"]
      .map((period) => join(root, `data/store/BTCUSDT/BTCUSDT-1m-${period}.zip`)),
  );
  expect(found?.sentence).toBe(
    "These are downloaded minutes of BTCUSDT: 4 files in data/store/BTCUSDT.",
  );
});
