/** Time after which a client that lost the stream should connect again, ms. */
const RETRY_MS = 2000;

const encoder = new TextEncoder();

/** Begins every stream. */
export const RETRY = encoder.encode(`retry: ${RETRY_MS}\n\n`);

/** Keeps a quiet connection open. */
export const HEARTBEAT = encoder.encode(": heartbeat\n\n");

/** Says that a stream could not be resumed. */
export const UNKNOWN_POSITION = encoder.encode(
  ": Last-Event-ID is not a position of this journal; the stream starts with what comes next\n\n",
);

/** The last event before the service ends: the client may come back. */
export const GOODBYE = encodeEvent(
  "goodbye",
  JSON.stringify({ reason: "shutdown", retry: RETRY_MS }),
);

/**
 * Encodes an event.
 *
 * @param json Its data, in one line.
 * @param id Its position; absent for what cannot be resumed after.
 */
export function encodeEvent(event: string, json: string, id?: string): Uint8Array<ArrayBuffer> {
  const position = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`${position}event: ${event}\ndata: ${json}\n\n`);
}
