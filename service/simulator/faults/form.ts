import type {
  Clause,
  ConnectionFault,
  FrameFault,
  HttpFault,
  MarketFault,
  TimeFault,
  When,
} from "./plan.ts";
import { parseDuration, parseMarket, parseStatus } from "./values.ts";

/** A fault plan under construction. */
export interface Draft {
  seed: number;
  readonly frames: Clause<FrameFault>[];
  readonly connections: Clause<ConnectionFault>[];
  readonly http: Clause<HttpFault>[];
  readonly times: Clause<TimeFault>[];
  readonly markets: Clause<MarketFault>[];
  lifetime?: number;
}

/** The parts of a clause, before their values are checked. */
export interface Words {
  readonly when: When;
  readonly index: number;
  /** The word after the name, in forms that have one. */
  readonly value: string | undefined;
  /** The words after `within`, `by`, `lead` and `retry-after`. */
  readonly details: ReadonlyMap<string, string>;
}

/** One form of a clause. */
export interface Form {
  /** As `--help` prints it. */
  readonly usage: string;
  /** Its effect in one line. */
  readonly meaning: string;
  /** Whether a value follows the name. */
  readonly takesValue: boolean;
  /** What says when the fault occurs, in the words of FAULTS_HELP; "" is nothing. */
  readonly when: "CHANCE" | "STRETCH" | "MOMENTS" | "";
  /** Whether that may be absent, which means always. */
  readonly optionalWhen?: boolean;
  /** Words that may introduce a detail. */
  readonly details: readonly string[];
  /** @throws SyntaxError with the expected and the current value. */
  readonly add: (words: Words, draft: Draft) => void;
}

/** A fault of frames with a chance and no other part. */
export function frame(
  kind: "drop" | "duplicate" | "garbage" | Damage,
  meaning: string,
): [string, Form] {
  return [kind, {
    usage: `${kind} CHANCE`,
    meaning,
    takesValue: false,
    when: "CHANCE",
    details: [],
    add: ({ when, index }, draft) =>
      draft.frames.push({ fault: { kind }, when, name: kind, index }),
  }];
}

type Damage = "truncate" | "wrong-types" | "absurd-prices";

/** A fault that responds with an HTTP status. */
export function refusal(kind: "refuse" | "rest", meaning: string): [string, Form] {
  return [kind, {
    usage: `${kind} STATUS CHANCE [retry-after DURATION]`,
    meaning,
    takesValue: true,
    when: "CHANCE",
    details: ["retry-after"],
    add: ({ when, index, value, details }, draft) => {
      const status = parseStatus(value);
      const retryAfter = details.get("retry-after");
      const fault = retryAfter === undefined
        ? { kind, status }
        : { kind, status, retryAfterSeconds: Math.ceil(parseDuration(retryAfter) / 1000) };
      draft.http.push({ fault, when, name: `${kind} ${status}`, index });
    },
  }];
}

/** A fault of the delivery of a response. */
export function undelivered(kind: "rest timeout" | "rest break", meaning: string): [string, Form] {
  return [kind, {
    usage: `${kind} CHANCE`,
    meaning,
    takesValue: false,
    when: "CHANCE",
    details: [],
    add: ({ when, index }, draft) => draft.http.push({ fault: { kind }, when, name: kind, index }),
  }];
}

interface ConnectionForm {
  readonly value?: string;
  readonly detail?: string;
  readonly parse: (words: Words) => ConnectionFault;
}

/** A fault of connections. */
export function connection(
  name: string,
  { value, detail, parse }: ConnectionForm,
  meaning: string,
): [string, Form] {
  return [name, {
    usage: [name, value, "MOMENTS", detail && `[${detail} DURATION]`].filter(Boolean).join(" "),
    meaning,
    takesValue: value !== undefined,
    when: "MOMENTS",
    details: detail === undefined ? [] : [detail],
    add: (words, draft) => {
      const { when, index } = words;
      draft.connections.push({ fault: parse(words), when, name, index });
    },
  }];
}

/** A fault of the exchange's time. */
export function time(
  kind: "rest lag" | "skew",
  when: "CHANCE" | "STRETCH",
  value: string,
  parse: (word: string | undefined) => number,
  meaning: string,
): [string, Form] {
  return [kind, {
    usage: `${kind} ${value} [${when}]`,
    meaning,
    takesValue: true,
    optionalWhen: true,
    when,
    details: [],
    add: ({ when, index, value }, draft) =>
      draft.times.push({ fault: { kind, by: parse(value) }, when, name: kind, index }),
  }];
}

/** A fault of a market. */
export function market(kind: MarketFault["kind"], meaning: string): [string, Form] {
  return [kind, {
    usage: `${kind} SYMBOL [STRETCH]`,
    meaning,
    takesValue: true,
    optionalWhen: true,
    when: "STRETCH",
    details: [],
    add: ({ when, index, value }, draft) =>
      draft.markets.push({ fault: { kind, symbol: parseMarket(value) }, when, name: kind, index }),
  }];
}
