import { expect, test } from "vitest";
import { AggTradeScanner } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";

/** The payload in Binance's documentation, as the stream sends it. */
const EVENT = '{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100",' +
  '"f":100,"l":105,"T":1672515782135,"m":true,"M":true}';
const WRAPPED = `{"stream":"bnbbtc@aggTrade","data":${EVENT}}`;

const scanner = new AggTradeScanner(loadCore());

function scan(text: string): Record<string, number | undefined> | undefined {
  const fields = scanner.scan(new TextEncoder().encode(text));
  if (fields === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(scanner.fields).map(([name, index]) => [name, fields[index]]),
  );
}

test.each([["raw", EVENT], ["wrapped", WRAPPED]])("reads every field, %s", (_name, text) => {
  const start = text.indexOf("BNBBTC");
  expect(scan(text)).toMatchObject({
    ...{ id: 12345, price: 0.001, quantity: 100, firstTradeId: 100, lastTradeId: 105 },
    ...{ eventTime: 1672515782136, time: 1672515782135, buyerIsMaker: 1 },
    ...{ symbolStart: start, symbolEnd: start + 6 },
  });
});

test("the hash depends on the symbol alone", () => {
  const hash = scan(EVENT)?.symbolHash;
  expect(scan(WRAPPED)?.symbolHash).toBe(hash);
  expect(scan(EVENT.replace("BNBBTC", "BNBBTD"))?.symbolHash).not.toBe(hash);
});

test.each([
  ["fields in another order", EVENT.replace('"p":"0.001","q":"100"', '"q":"100","p":"0.001"')],
  ["whitespace", EVENT.replaceAll(":", ": ")],
  ["an escape", EVENT.replace("BNBBTC", "BNB\\u0042TC")],
  ["an additional field", EVENT.replace("}", ',"x":1}')],
  ["trailing bytes", `${EVENT} `],
  ["another event", EVENT.replace("aggTrade", "aggTrada")],
  ["a missing end", EVENT.slice(0, -1)],
  ["nothing", ""],
])("does not recognize a frame with %s", (_name, text) => expect(scan(text)).toBeUndefined());
