import { FORMS } from "./forms.ts";

const COLUMN = 45;

/**
 * The language of faults as `--help` prints it: a table of {@link FORMS}, and what the words in
 * capitals stand for.
 *
 *     SPEC   = CLAUSE { (";" | line end) CLAUSE }      "#" begins a remark, to the line's end
 *     CLAUSE = NAME [VALUE] { PART }                   the parts in any order
 *     PART   = RATE | "at" TIME { "," TIME } | "every" DURATION | "for" DURATION
 *            | "within" N | "by" DURATION [ ".." DURATION ] | "lead" DURATION
 *            | "retry-after" DURATION
 *
 * | says when | of what                          | parts                                        |
 * | --------- | -------------------------------- | -------------------------------------------- |
 * | CHANCE    | frames, handshakes, requests     | a rate, a stretch of time, or a rate in one: |
 * |           |                                  | `1%`, `at 2h for 30s`, `50% every 1h for 5m` |
 * | MOMENTS   | connections                      | `0.01%` a frame, `at 00:10`, or `every 5m`   |
 *
 * `at` without `for` is from then on. A moment of the clock hits all connections that are open
 * then, a rate one by one; of two clauses whose moments coincide the first goes first. A duplicate
 * passes `delay` and `reorder` by itself. Each clause draws its own random numbers for each
 * connection, so that a change of one, or one more at the end, leaves the others where they were.
 */
export const FAULTS_HELP = `Faults, separated by ";" (in a file also by lines; # begins a remark)
${
  [...FORMS.values()].map(({ usage, meaning }) => `  ${usage.padEnd(COLUMN)} ${meaning}\n`).join("")
}
A frame that is damaged takes the place of the true one, so that its trade is lost.
  CHANCE    RATE per frame, handshake or request (1% or 0.01), a STRETCH of time, or both
  STRETCH   at TIME[,TIME] [for DURATION], or every DURATION for DURATION
  MOMENTS   RATE per frame, or for all connections: at TIME[,TIME] or every DURATION
  TIME      since the clock's start (00:10 or 2h) or UTC (2024-05-01T00:10:00Z)
  DURATION  200ms, 2s, 5m, 1h30m, 1d: exchange time, so it shrinks with --speed; only retry-after
            is what the client is told, in real seconds
`;
