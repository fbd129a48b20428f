/**
 * Makes the answers of history in a thread of its own, over a read-only connection of its own, so
 * that neither queries nor tables take the loop that serves events.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { errorMessage } from "../../../data/common/errors.ts";
import type { WorkerChannel } from "../../../data/common/worker.ts";
import type { HistoryQuery } from "../record_store.ts";
import { type HistoryBlock, HistoryCursor } from "./history_cursor.ts";

/** What the worker is asked for; blocks are made in the order of the requests. */
export type HistoryRequest =
  | { readonly open: string }
  | { readonly answer: number; readonly begin: HistoryQuery }
  | { readonly answer: number; readonly more: true }
  | { readonly answer: number; readonly end: true };

/** A block of an answer, or why there is none. */
export type HistoryReply =
  & { readonly answer: number }
  & ({ readonly block: HistoryBlock; readonly damaged: boolean } | { readonly failure: string });

declare const self: WorkerChannel<HistoryRequest, HistoryReply> & {
  postMessage(reply: HistoryReply, transfer: Transferable[]): void;
};

/**
 * Most bytes a second of all answers. A client takes megabytes at once into the system's buffers;
 * faster, the garbage of hundreds of them grows faster than it is collected.
 */
const MOST_BYTES_A_SECOND = 12 << 20;

const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps for what a block was made too fast. */
function rest(bytes: number, tookMs: number): void {
  Atomics.wait(never, 0, 0, Math.max(0, bytes / MOST_BYTES_A_SECOND * 1000 - tookMs));
}

const cursors = new Map<number, HistoryCursor>();
let path = "";
let database: DatabaseSync | undefined;
/** Whether the block that is being made met damage. */
let damaged = false;

/** Opened by the first answer, so that a failure is that answer's. */
function opened(): DatabaseSync {
  if (database !== undefined) return database;
  const connection = new DatabaseSync(path, { readOnly: true });
  connection.exec("PRAGMA busy_timeout = 5000");
  return database = connection;
}

function next(answer: number, begin: HistoryQuery | undefined): HistoryBlock {
  const cursor = begin === undefined
    ? cursors.get(answer)
    : new HistoryCursor(opened(), begin, () => damaged = true);
  if (cursor === undefined) {
    throw new RangeError(`Cannot continue answer ${answer} as it has ended`);
  }
  const block = cursor.next();
  if (block.done) cursors.delete(answer);
  else cursors.set(answer, cursor);
  return block;
}

self.addEventListener("message", ({ data: request }) => {
  if ("open" in request) {
    path = request.open;
    return;
  }
  const { answer } = request;
  if ("end" in request) {
    cursors.delete(answer);
    return;
  }
  const begun = performance.now();
  try {
    const block = next(answer, "begin" in request ? request.begin : undefined);
    const { length } = block.bytes;
    self.postMessage({ answer, block, damaged }, [block.bytes.buffer]);
    damaged = false;
    rest(length, performance.now() - begun);
  } catch (error) {
    cursors.delete(answer);
    self.postMessage({ answer, failure: errorMessage(error) });
  }
});
