import { FORMS } from "./forms.ts";

const COLUMN = 45;

/**
 * The language of faults as `--help` prints it: a table of {@link FORMS}, and the meaning of the
 * words in capitals.
 *
 *     SPEC   = CLAUSE { (";" | line end) CLAUSE }      "#" begins a comment, to the line's end
 *     CLAUSE = NAME [VALUE] { PART }                   the parts in any order
 *     PART   = RATE | "at" TIME { "," TIME } | "every" DURATION | "for" DURATION
 *            | "within" N | "by" DURATION [ ".." DURATION ] | "lead" DURATION
 *            | "retry-after" DURATION
 *
 * | word      | applies to                       | parts                                        |
 * | --------- | -------------------------------- | -------------------------------------------- |
 * | CHANCE    | frames, handshakes, requests     | a rate, a period, or a rate within one:      |
 * |           |                                  | `1%`, `at 2h for 30s`, `50% every 1h for 5m` |
 * | MOMENTS   | connections                      | `0.01%` a frame, `at 00:10`, or `every 5m`   |
 *
 * `at` without `for` has no end. A moment affects all connections that are open then, a rate each by
 * itself; of two clauses with the same moment the first is applied first. A duplicate passes `delay`
 * and `reorder` by itself. Each clause draws its own random numbers for each connection, so that a
 * changed or an added clause does not affect the others.
 */
export const FAULTS_HELP = `Faults, separated by ";" (in a file also by lines; # begins a comment)
${
  [...FORMS.values()].map(({ usage, meaning }) => `  ${usage.padEnd(COLUMN)} ${meaning}\n`).join("")
}
A damaged frame replaces the original, so that its trade is lost.
  CHANCE    RATE per frame, handshake or request (1% or 0.01), a STRETCH, or both
  STRETCH   at TIME[,TIME] [for DURATION], or every DURATION for DURATION
  MOMENTS   RATE per frame, or for all connections: at TIME[,TIME] or every DURATION
  TIME      since the clock's start (00:10 or 2h) or UTC (2024-05-01T00:10:00Z)
  DURATION  200ms, 2s, 5m, 1h30m, 1d: exchange time, so it shrinks with --speed; only retry-after
            is in real seconds, as the client gets it
`;
