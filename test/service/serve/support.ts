import type { Hono } from "hono";
import { toCsv } from "../../../data/files/csv.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { Live } from "../../../data/schema/live.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { Status, SymbolStatus } from "../../../data/schema/status.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { type AppOptions, createApp } from "../../../service/serve/app.ts";
import { HistoryGate } from "../../../service/serve/history_gate.ts";
import { Refusals } from "../../../service/serve/http/refusals.ts";
import type { ServiceView } from "../../../service/serve/service_view.ts";
import { StreamGate } from "../../../service/serve/stream_gate.ts";
import { makeSymbolStatus, START } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** The status of a live service with one market. */
export function makeStatus(
  fields: Partial<Status> = {},
  symbol: Partial<SymbolStatus> = {},
): Status {
  return {
    source: "binance",
    requested: "auto",
    connection: "live",
    message: "live",
    since: START,
    next_attempt: null,
    clock_offset: 3,
    disconnects: 0,
    handovers: 0,
    invalid_frames: 0,
    models: [{ name: "classic", fingerprint: "0123456789ab", loaded: START }],
    models_problem: null,
    storage: null,
    damage: null,
    invalid_frames_by_kind: {},
    rest_weight: 0,
    symbols: [makeSymbolStatus(symbol)],
    ...fields,
  };
}

/** A store of these records; it answers as the port demands. */
function createStore(bars: readonly Bar[], signals: readonly Signal[]): ServiceView["store"] {
  return {
    history({ kind, symbol, from = -Infinity, to = Infinity, limit, columns, gzip }) {
      const records = (kind === "bar" ? bars : signals)
        .filter((record) => symbol === undefined || record.symbol === symbol)
        .filter(({ timestamp }) => timestamp >= from && timestamp <= to)
        .slice(-limit);
      const text = columns === undefined ? JSON.stringify(records) : toCsv(records, columns);
      const bytes = new Blob([text]).stream();
      return Promise.resolve(gzip ? bytes.pipeThrough(new CompressionStream("gzip")) : bytes);
    },
  };
}

const CLASSIC = ["models/classic.json"];

/** What an app is made of in tests; the rest are defaults. */
interface Setting {
  readonly symbols?: readonly string[];
  /** Artifact files. */
  readonly models?: readonly string[];
  /** Live scores of the model that makes forecasts. */
  readonly live?: Live;
  readonly status?: Status;
  readonly bars?: readonly Bar[];
  readonly signals?: readonly Signal[];
  readonly adminToken?: string;
  readonly reload?: () => Promise<void>;
  readonly hub?: AppOptions["hub"];
  readonly dashboard?: string;
  readonly maxStreams?: number;
  readonly maxAnswers?: number;
  readonly maxPerAddress?: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** The whole HTTP interface over records and a status that are made up. */
export function setUp(setting: Setting = {}): Hono {
  const log = createLog("ERROR", () => {});
  const registry = new ModelRegistry({ models: setting.models ?? CLASSIC, expected: {} }, log);
  const { status = makeStatus(), bars = [], signals = [], live } = setting;
  const models = registry.status.descriptions.map((model) =>
    live === undefined || model.forecast === undefined ? model : { ...model, live }
  );
  const hub = setting.hub ?? { size: 2, open: () => new ReadableStream() };
  const refusals = new Refusals();
  return createApp({
    symbols: setting.symbols ?? ["BTCUSDT", "ETHUSDT"],
    view: { status, models, store: createStore(bars, signals) },
    administration: { reload: setting.reload ?? (() => Promise.resolve()) },
    adminToken: setting.adminToken,
    hub,
    gate: new StreamGate(setting.maxStreams ?? 1000, hub, refusals),
    history: new HistoryGate(refusals, setting.maxAnswers),
    maxPerAddress: setting.maxPerAddress ?? 0,
    refusals,
    server: { connections: 3, restarts: 0 },
    dashboard: setting.dashboard ?? temporaryFolder(),
    log,
    clock: { monotonic: () => 0, sleep: setting.sleep ?? (() => Promise.resolve()) },
  });
}
