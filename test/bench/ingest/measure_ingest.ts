import { systemClock } from "../../../data/common/clock.ts";
import { RawIdCheck } from "../../../service/ingest/raw_ids.ts";
import { minuteOf } from "../../../data/schema/time.ts";
import { execFile, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodeFrame } from "../../../service/exchanges/binance/decode/decode.ts";
import { BarBuilder } from "../../../service/ingest/bars/bar_builder.ts";
import { Sequencer } from "../../../service/ingest/sequencer.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import { type Figure, measure, summarize } from "../measure.ts";
import { FloodServer, receive } from "./flood.ts";
import { symbolNames, tradeFrames } from "./frames.ts";
import { type Ingester, MicroStreamIngester, PlainIngester } from "./ingesters.ts";

const TRADES = 300_000;
/** Trades for Python: fewer, so that it takes about as long as the others. */
const PYTHON_TRADES = 60_000;
const REPEATS = 7;
/** Few enough to stay in the caches, like frames just received. */
const HOT_FRAMES = 20_000;
const PACED_RATE = 1000;
const PACED_TRADES = 10_000;
/** Trades before the measurement, for the socket and just-in-time compilation to warm up. */
const PACED_WARM_UP = 1000;

const PYTHON_SCRIPT = fileURLToPath(new URL("./python_ingest.py", import.meta.url));

/** Rates at which a socket's trades were processed. */
interface SocketRates {
  readonly rate: Figure;
  readonly processorRate: Figure;
}

function encodeFrames(symbols: number, count: number): Uint8Array[] {
  const encoder = new TextEncoder();
  return [...tradeFrames(count, symbolNames(symbols), 60_000)].map((text) => encoder.encode(text));
}

function tradesOf(frames: readonly Uint8Array[]): Trade[] {
  return frames.map(decodeFrame).flatMap((frame) => frame.kind === "trade" ? [frame.trade] : []);
}

/** Times of decoding, sequencing and aggregating frames in memory. */
function measureStages(symbols: number, suffix: string) {
  const frames = encodeFrames(symbols, HOT_FRAMES);
  const trades = tradesOf(frames);
  const options = {
    unit: "ns",
    per: "trade",
    count: HOT_FRAMES,
    repeats: 60,
    warmUps: 30,
  } as const;
  let sink = 0;
  const decode = measure(`decode, ${suffix}`, options, () => {
    for (const frame of frames) sink += decodeFrame(frame).kind.length;
  });
  const sequence = measure(`sequence, ${suffix}`, options, () => {
    const sequencers = new Map<string, Sequencer>();
    for (const trade of trades) {
      let sequencer = sequencers.get(trade.symbol);
      if (sequencer === undefined) {
        sequencer = new Sequencer(
          1,
          { trade: () => void sink++ },
          new RawIdCheck(trade.symbol, systemClock, { warning() {} }),
        );
        sequencer.start(trade.id);
        sequencers.set(trade.symbol, sequencer);
      }
      sequencer.accept(trade);
    }
  });
  const fold = measure(`fold, ${suffix}`, options, () => {
    const bars = new Map<string, BarBuilder>();
    for (const trade of trades) {
      let bar = bars.get(trade.symbol);
      if (bar === undefined) {
        bars.set(trade.symbol, bar = new BarBuilder(trade.symbol, "binance", minuteOf(trade.time)));
      }
      bar.add(trade);
    }
    for (const bar of bars.values()) sink += bar.build("trades").volume;
  });
  if (!(sink > 0)) {
    throw new Error("Cannot measure the stages as they must process trades: found none");
  }
  return [decode, sequence, fold];
}

/** Rates by the clock, and by this process's processor time, which other processes hardly affect. */
async function measureSocket(
  name: string,
  url: string,
  make: () => Ingester,
): Promise<SocketRates> {
  const rates: number[] = [];
  const processorRates: number[] = [];
  for (let i = -1; i < REPEATS; i++) {
    const ingester = make();
    const { elapsed, processor } = await receive(`${url}&trades=${TRADES}`, (data) => {
      ingester.take(data);
    });
    if (ingester.trades !== TRADES) {
      throw new Error(`${name}: ${ingester.trades} of ${TRADES} trades arrived`);
    }
    if (i < 0) continue;
    rates.push(TRADES / elapsed * 1000);
    processorRates.push(TRADES / processor * 1000);
  }
  return {
    rate: summarize(name, "trades per s", rates),
    processorRate: summarize(name, "trades per processor s", processorRates),
  };
}

/** Share of a stage in the processor time, by minima, as other processes only add time. */
function shareOf(stage: Figure, { processorRate }: SocketRates): Figure {
  const share = stage.min * processorRate.median / 1e7;
  return summarize(`share of socket to bars: ${stage.name}`, "% of processor time", [share]);
}

/** Latency from sending the frame, and from receiving it, to the bar. */
async function measureLatency(url: string): Promise<Figure[]> {
  const ingester = new MicroStreamIngester();
  const sinceSent: number[] = [];
  const sinceReceived: number[] = [];
  await receive(`${url}/paced?rate=${PACED_RATE}&trades=${PACED_TRADES}`, (data) => {
    const received = performance.now();
    const frame = decodeFrame(data);
    if (frame.kind !== "trade") return;
    ingester.accept(frame.trade);
    const held = performance.now();
    sinceReceived.push(held - received);
    sinceSent.push(performance.timeOrigin + held - frame.trade.firstTradeId / 1000);
  });
  const pace = `${PACED_RATE} trades/s`;
  return [
    summarize(`received to bar, ${pace}`, "ms per trade", sinceReceived.slice(PACED_WARM_UP)),
    summarize(`sent to bar, ${pace}`, "ms per trade", sinceSent.slice(PACED_WARM_UP)),
  ];
}

/** A Python with `websockets`: `PYTHON` or `python3`; undefined when it lacks the package. */
function findPython(): string | undefined {
  const python = process.env["PYTHON"] ?? "python3";
  return spawnSync(python, ["-c", "import websockets"]).status === 0 ? python : undefined;
}

async function measurePython(python: string, name: string, url: string): Promise<Figure> {
  const rates: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const { stdout } = await promisify(execFile)(python, [
      PYTHON_SCRIPT,
      `${url}&trades=${PYTHON_TRADES}`,
    ]);
    const [trades = NaN, seconds = NaN] = stdout.trim().split(" ").map(Number);
    if (trades !== PYTHON_TRADES) throw new Error(`Python took ${trades} trades`);
    rates.push(trades / seconds);
  }
  return summarize(name, "trades per s", rates);
}

/** Trades from a real socket on loopback into bars, and the shares of the stages. */
export async function measureIngest(): Promise<Figure[]> {
  const figures: Figure[] = [];
  using server = await FloodServer.start();
  const python = findPython();
  for (const symbols of [1, 200]) {
    const suffix = symbols === 1 ? "1 symbol" : `${symbols} symbols`;
    const url = `${server.url}/flood?symbols=${symbols}`;
    const stages = measureStages(symbols, suffix);
    const name = `socket to bars, ${suffix}`;
    const ours = await measureSocket(name, url, () => new MicroStreamIngester());
    const plain = await measureSocket(`${name}, JSON.parse`, url, () => new PlainIngester());
    figures.push(
      ...stages,
      ...[ours.rate, ours.processorRate, plain.rate, plain.processorRate],
      ...stages.map((stage) => shareOf(stage, ours)),
    );
    if (python !== undefined) figures.push(await measurePython(python, `Python: ${name}`, url));
  }
  return [...figures, ...await measureLatency(server.url)];
}
