import { expect, onTestFinished, test } from "vitest";
import type { StreamProtocol } from "../../../service/exchanges/exchange.ts";
import { ReconnectingStream } from "../../../service/exchanges/stream.ts";
import { FakeSockets } from "../../support/fake_socket.ts";
import { RecordingSink } from "../../support/recording_sink.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { trade } from "../world.ts";

const HOUR = 3_600_000;

/** A message is a trade id, or the word of another frame. */
const PROTOCOL: StreamProtocol = {
  origin: "ws://exchange",
  url: (symbols) => `ws://exchange/${symbols.join("+")}`,
  decode: (message) => {
    const text = new TextDecoder().decode(message);
    if (text === "shutdown" || text === "other") return { kind: text };
    const id = Number(text);
    return id > 0 ? { kind: "trade", trade: trade(id, 0) } : { kind: "invalid", reason: text };
  },
  refusal: (status, retryAfter) => ({
    message: `HTTP ${status}`,
    waitMs: 1000 * Number(retryAfter ?? 0),
  }),
};

function startStream(attemptWaitMs = () => 0) {
  const clock = new VirtualClock();
  const sockets = new FakeSockets();
  const sink = new RecordingSink();
  const stream = new ReconnectingStream({
    protocol: PROTOCOL,
    traits: { socketLifetimeMs: 24 * HOUR, overlapMs: 5000, silenceMs: 60_000 },
    symbols: ["BTCUSDT", "ETHUSDT"],
    sink,
    attempts: {
      get waitMs() {
        return attemptWaitMs();
      },
      count: () => {},
    },
    openSocket: sockets.open,
    clock,
    // The shortest waits that the jitter allows, and the latest renewal.
    random: () => 0,
  });
  onTestFinished(() => stream.close());
  stream.start();
  return { clock, sockets, sink, stream };
}

/** Lets time pass with a trade every half minute on each open socket. */
async function passWithTrades(
  { clock, sockets }: ReturnType<typeof startStream>,
  ms: number,
): Promise<void> {
  const end = clock.monotonic() + ms;
  while (clock.monotonic() < end) {
    await clock.advance(Math.min(30_000, end - clock.monotonic()));
    for (const socket of sockets.alive) socket.send("7");
  }
}

test("trades, invalid frames and interruptions are delivered in order", async () => {
  const { clock, sockets, sink } = startStream();
  expect(sockets.last.url).toBe("ws://exchange/BTCUSDT+ETHUSDT");
  sockets.last.open();
  for (const text of ["1", "other", "garbage", "2"]) sockets.last.send(text);
  sockets.last.close(1001);
  await clock.advance(500);
  sockets.last.open();
  sockets.last.send("3");
  expect(sink.events).toEqual([
    "connected",
    "1",
    "invalid garbage",
    "2",
    "disconnected",
    "connected",
    "3",
  ]);
  expect(sink.ends).toEqual([
    { reason: "ws://exchange closed the connection (code 1001)", retryMs: 250, silent: false },
  ]);
});

test("waits double up to a bound, and start over only after a trade", async () => {
  const { clock, sockets } = startStream();
  const waits: number[] = [];
  const nextWait = async () => {
    const attempts = sockets.all.length;
    const start = clock.monotonic();
    while (sockets.all.length === attempts) await clock.advance(50);
    return clock.monotonic() - start;
  };
  for (let i = 0; i < 8; i++) {
    // A socket that opens but carries nothing does not count as good.
    sockets.last.open();
    sockets.last.close();
    waits.push(await nextWait());
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  sockets.last.open();
  sockets.last.send("1");
  sockets.last.close();
  expect(await nextWait()).toBe(250);
});

test("the wait that the exchange asks for is respected", async () => {
  const { clock, sockets, sink } = startStream();
  sockets.last.refuse(429, { "retry-after": "60" });
  expect(sink.ends).toEqual([{ reason: "HTTP 429", retryMs: 60_000, silent: false }]);
  await clock.advance(59_999);
  expect(sockets.all).toHaveLength(1);
  await clock.advance(1);
  expect(sockets.all).toHaveLength(2);
});

test("the limit of attempts delays an attempt", async () => {
  const { clock, sockets } = startStream(() => 90_000);
  sockets.last.fail("connection refused");
  await clock.advance(89_999);
  expect(sockets.all).toHaveLength(1);
  await clock.advance(1);
  expect(sockets.all).toHaveLength(2);
});

test("a socket is replaced after 23 of 24 hours: both run for the overlap, then the old one ends", async () => {
  const running = startStream();
  const { clock, sockets, sink } = running;
  sockets.last.open();
  await passWithTrades(running, 23 * HOUR - 1);
  expect(sockets.all).toHaveLength(1);
  await clock.advance(1);
  const [old, successor] = sockets.all;
  expect(successor).toBeDefined();
  sink.events.length = 0;
  old?.send("1");
  successor?.open();
  old?.send("2");
  successor?.send("2");
  await clock.advance(4999);
  expect(old?.terminated).toBe(false);
  await clock.advance(1);
  expect(old?.terminated).toBe(true);
  old?.send("3");
  successor?.send("3");
  expect(sink.events).toEqual(["1", "overlapping 2", "overlapping 2", "handed over", "3"]);
});

test("on a shutdown notice the successor takes over before the close", async () => {
  const { clock, sockets, sink } = startStream();
  sockets.last.open();
  const old = sockets.last;
  old.send("shutdown");
  old.send("shutdown");
  await clock.advance(0);
  expect(sockets.all).toHaveLength(2);
  sockets.last.open();
  old.close(1012);
  await clock.advance(10_000);
  expect(sink.events).toEqual(["connected", "handed over"]);
});

test("a successor that fails is tried again while the old socket continues", async () => {
  const { clock, sockets, sink } = startStream();
  const old = sockets.last;
  old.open();
  old.send("shutdown");
  await clock.advance(0);
  sockets.last.refuse(503);
  old.send("1");
  await clock.advance(500);
  expect(sockets.all).toHaveLength(3);
  sockets.last.open();
  await clock.advance(5000);
  expect(sink.events).toEqual(["connected", "1", "handed over"]);
});

test("a successor that opens after the old socket has ended is an interruption, not a hand-over", async () => {
  const { clock, sockets, sink } = startStream();
  const old = sockets.last;
  old.open();
  old.send("shutdown");
  await clock.advance(0);
  old.close(1012);
  sockets.last.open();
  await clock.advance(10_000);
  expect(sink.events).toEqual(["connected", "disconnected", "connected"]);
  expect(sockets.alive).toHaveLength(1);
});

test("an open socket without a trade for a minute is ended when there were trades", async () => {
  const { clock, sockets, sink } = startStream();
  sockets.last.open();
  await clock.advance(40_000);
  sockets.last.send("1");
  await clock.advance(61_999);
  sockets.last.send("other");
  expect(sink.ends).toEqual([]);
  await clock.advance(1);
  expect(sink.ends).toEqual([
    { reason: "no trade for 60 s while there were some", retryMs: 250, silent: true },
  ]);
});

test("an open socket of quiet markets stays, and is looked at every minute", async () => {
  const { clock, sockets, sink } = startStream();
  let looks = 0;
  sink.missed = () => Promise.resolve(++looks > 60);
  sockets.last.open();
  await clock.advance(HOUR);
  expect(looks).toBe(60);
  expect(sink.events).toEqual(["connected"]);
  await clock.advance(62_000);
  expect(sink.ends).toMatchObject([{ silent: true }]);
});

test("a trade that arrives right after the question shows that the socket lives", async () => {
  const { clock, sockets, sink } = startStream();
  sockets.last.open();
  await clock.advance(61_000);
  sockets.last.send("1");
  await clock.advance(30_000);
  expect(sink.ends).toEqual([]);
});

test("a silent socket is ended when the exchange does not say whether there were trades", async () => {
  const { clock, sockets, sink } = startStream();
  sink.missed = () => Promise.reject(new Error("no answer"));
  sockets.last.open();
  await clock.advance(60_000);
  expect(sink.ends[0]?.reason).toBe(
    "no trade for 60 s, and the exchange does not say if any: no answer",
  );
});

test("an error names what failed, before and after the handshake", async () => {
  const { clock, sockets, sink } = startStream();
  sockets.last.fail("connection refused");
  await clock.advance(500);
  sockets.last.open();
  sockets.last.fail("socket hang up");
  expect(sink.ends.map(({ reason }) => reason)).toEqual([
    "cannot reach ws://exchange: connection refused",
    "lost the connection to ws://exchange: socket hang up",
  ]);
});

test("a certificate problem is reported as such, with a longer wait", () => {
  const { sockets, sink } = startStream();
  sockets.last.fail("self-signed certificate");
  expect(sink.ends[0]).toMatchObject({ retryMs: 30_000 });
  expect(sink.ends[0]?.reason).toContain("no trusted connection");
});

test("after the close nothing is delivered and nothing is waited for", async () => {
  const { clock, sockets, sink, stream } = startStream();
  sockets.last.open();
  stream.close();
  sockets.last.send("1");
  await clock.advance(24 * HOUR);
  expect(sink.events).toEqual(["connected"]);
  expect(sockets.all).toHaveLength(1);
  expect(clock.sleeping).toBe(0);
});
