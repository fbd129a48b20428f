import type { Clause, ConnectionFault, FrameFault, HttpFault, TimeFault, When } from "./plan.ts";
import { parseDuration, parseStatus } from "./values.ts";

/** A fault plan in the making. */
export interface Draft {
  seed: number;
  readonly frames: Clause<FrameFault>[];
  readonly connections: Clause<ConnectionFault>[];
  readonly http: Clause<HttpFault>[];
  readonly times: Clause<TimeFault>[];
  lifetime?: number;
}

/** The words of a clause, taken apart but not yet understood. */
export interface Words {
  readonly when: When;
  readonly index: number;
  /** The word after the name, in forms that have one. */
  readonly value: string | undefined;
  /** The words after `within`, `by`, `lead` and `retry-after`. */
  readonly details: ReadonlyMap<string, string>;
}

/** One form that a clause may have. */
export interface Form {
  /** As `--help` prints it. */
  readonly usage: string;
  /** What happens, in a line. */
  readonly meaning: string;
  /** Whether a word that is no part of its own follows the name. */
  readonly takesValue: boolean;
  /** What tells when; a chance and a stretch are as FAULTS_HELP has it, "" is nothing. */
  readonly when: "CHANCE" | "STRETCH" | "MOMENTS" | "";
  /** When need not be said: always, then. */
  readonly optionalWhen?: boolean;
  /** Words that may introduce a detail. */
  readonly details: readonly string[];
  /** @throws SyntaxError saying what is expected and what is given. */
  readonly add: (words: Words, draft: Draft) => void;
}

/** A form of a fault of frames that has nothing but a chance. */
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

/** A form of a fault that answers with an HTTP status. */
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

/** A form of a fault that spoils an answer. */
export function unanswered(kind: "rest timeout" | "rest break", meaning: string): [string, Form] {
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

/** A form of a fault of connections. */
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

/** A form of a fault of the exchange's time. */
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
