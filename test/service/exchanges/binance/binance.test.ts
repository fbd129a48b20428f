import { expect, onTestFinished, test } from "vitest";
import { createBinance } from "../../../../service/exchanges/binance/binance.ts";
import { FakeSockets } from "../../../support/fake_socket.ts";
import { RecordingSink } from "../../../support/recording_sink.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

function create(answer: () => Promise<Response>) {
  const clock = new VirtualClock();
  const sockets = new FakeSockets();
  const exchange = createBinance({
    wsUrl: "ws://exchange",
    restUrl: "http://exchange",
    clock,
    fetch: answer,
    openSocket: sockets.open,
  });
  onTestFinished(() => exchange.close());
  return { clock, sockets, exchange };
}

const timely = () => Promise.resolve(new Response('{"serverTime":1}'));
const silent = () => new Promise<Response>(() => {});

test("a probe succeeds once REST and WebSocket have answered", async () => {
  const { sockets, exchange } = create(timely);
  const probe = exchange.probe(new AbortController().signal);
  sockets.last.open();
  await probe;
  expect(sockets.last.terminated).toBe(true);
});

test("a probe fails with the reason of whichever fails", async () => {
  const { sockets, exchange } = create(timely);
  const refused = exchange.probe(new AbortController().signal);
  sockets.last.fail("connection refused");
  await expect(refused).rejects.toThrow("Cannot connect to ws://exchange: connection refused");
  const unanswered = create(() => Promise.reject(new TypeError("network")));
  await expect(unanswered.exchange.probe(new AbortController().signal))
    .rejects.toThrow("no answer from http://exchange");
});

test("a probe ends when it is aborted", async () => {
  const { sockets, exchange } = create(silent);
  const attempt = new AbortController();
  const probe = exchange.probe(attempt.signal);
  attempt.abort(new Error("out of time"));
  await expect(probe).rejects.toThrow("out of time");
  expect(sockets.last.terminated).toBe(true);
});

test("all streams share the limit of connection attempts", async () => {
  const { clock, sockets, exchange } = create(silent);
  const sink = new RecordingSink();
  for (let i = 0; i < 280; i++) exchange.stream([`S${i}USDT`], sink);
  expect(sockets.all).toHaveLength(280);
  for (const socket of sockets.all) socket.fail("connection refused");
  await clock.advance(299_999);
  expect(sockets.all).toHaveLength(280);
  await clock.advance(1);
  expect(sockets.all.length).toBeGreaterThan(280);
});

test("a close ends all streams", () => {
  const { sockets, exchange } = create(silent);
  const sink = new RecordingSink();
  exchange.stream(["BTCUSDT"], sink);
  exchange.stream(["ETHUSDT"], sink);
  exchange.close();
  expect(sockets.alive).toEqual([]);
  expect(sink.events).toEqual([]);
});
