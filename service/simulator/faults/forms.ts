import { connection, type Form, frame, market, refusal, time, undelivered } from "./form.ts";
import {
  parseCloseCode,
  parseDuration,
  parseDurations,
  parseOffset,
  parseWhole,
} from "./values.ts";

const REORDER_WITHIN = 8;

const SHUTDOWN_LEAD = "10s";

/** Every form of a clause, by the name that it begins with. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["seed", {
    usage: "seed=N",
    meaning: "same seed, same faults (1)",
    takesValue: true,
    when: "",
    details: [],
    add: ({ value }, draft) => {
      draft.seed = parseWhole(value, 0, 2 ** 32 - 1);
    },
  }],
  frame("drop", "the frame is not sent"),
  frame("duplicate", "it is sent twice"),
  ["reorder", {
    usage: "reorder CHANCE [within N]",
    meaning: `1 to N later frames of its stream overtake it (${REORDER_WITHIN})`,
    takesValue: false,
    when: "CHANCE",
    details: ["within"],
    add: ({ when, index, details }, draft) => {
      const given = details.get("within");
      const within = given === undefined ? REORDER_WITHIN : parseWhole(given, 1, 1000);
      const fault = { kind: "reorder", within } as const;
      draft.frames.push({ fault, when, name: "reorder", index });
    },
  }],
  ["delay", {
    usage: "delay CHANCE by DURATION[..DURATION]",
    meaning: "it is sent late, others overtake it",
    takesValue: false,
    when: "CHANCE",
    details: ["by"],
    add: ({ when, index, details }, draft) => {
      const fault = { kind: "delay", ...parseDurations(details.get("by")) } as const;
      draft.frames.push({ fault, when, name: "delay", index });
    },
  }],
  frame("garbage", "a meaningless frame is sent before it"),
  frame("truncate", "only its beginning is sent"),
  frame("wrong-types", "a field has another type"),
  frame("absurd-prices", "the price is 0, -1, 1e300, NaN or empty"),
  connection("stall", {
    value: "DURATION",
    parse: ({ value }) => ({ kind: "stall", duration: parseDuration(value) }),
  }, "open but silent; the frames of that time are lost"),
  connection("close", {
    value: "CODE",
    parse: ({ value }) => ({ kind: "close", code: parseCloseCode(value) }),
  }, "closed with that code"),
  connection("reset", { parse: () => ({ kind: "reset" }) }, "ended by a TCP reset"),
  connection("shutdown", {
    detail: "lead",
    parse: ({ details }) => ({
      kind: "shutdown",
      lead: parseDuration(details.get("lead") ?? SHUTDOWN_LEAD),
    }),
  }, `sent serverShutdown, closed after a lead (${SHUTDOWN_LEAD})`),
  ["lifetime", {
    usage: "lifetime DURATION",
    meaning: "a connection of that age is closed",
    takesValue: true,
    when: "",
    details: [],
    add: ({ value }, draft) => {
      draft.lifetime = parseDuration(value);
    },
  }],
  refusal("refuse", "the handshake of a stream fails"),
  refusal("rest", "the request fails"),
  undelivered("rest timeout", "there is no response"),
  undelivered("rest break", "the connection is lost in the middle of the response"),
  time(
    "rest lag",
    "CHANCE",
    "DURATION",
    parseDuration,
    "the response lacks the newest trades and klines",
  ),
  time(
    "skew",
    "STRETCH",
    "+DURATION|-DURATION",
    parseOffset,
    "E and /api/v3/time are off, trades are not",
  ),
  market("halt", "it does not trade; exchangeInfo says BREAK; whole minutes"),
  market("unlist", "the exchange does not know it; from the start on: not listed yet"),
]);
