import type { ServerResponse } from "node:http";

/** Resolves when more may be written, or the client has gone. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      response.off("drain", end).off("close", end);
      resolve();
    };
    response.on("drain", end).on("close", end);
  });
}

function isLive(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true;
}

/**
 * Writes a block and frees its memory once the system has it: the collector would let tens of
 * megabytes of such blocks gather.
 *
 * @returns Whether more may be written at once.
 */
function writeOwned(response: ServerResponse, block: Uint8Array): boolean {
  const { buffer } = block;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === block.byteLength;
  return isWhole ? response.write(block, () => buffer.transfer(0)) : response.write(block);
}

/**
 * Sends an answer as fast as the client reads it, and cancels its body when the client goes.
 *
 * @throws What the body throws; the client then sees the answer broken off.
 */
export async function send(
  { status, headers, body }: Response,
  response: ServerResponse,
): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (body === null) return void response.end();
  const reader = body.getReader();
  const gone = () => void reader.cancel().catch(() => {});
  response.on("close", gone);
  try {
    // The first part waits for the second, so that a short answer is sent with its length; a live
    // stream has no second one.
    const live = isLive(headers);
    // The streams share their events' bytes; the blocks of another answer are its own.
    const write = (block: Uint8Array) => live ? response.write(block) : writeOwned(response, block);
    let held = live ? undefined : (await reader.read()).value;
    while (!response.destroyed) {
      const { done, value } = await reader.read();
      if (done) break;
      if (held !== undefined && !write(held)) await room(response);
      held = undefined;
      if (!write(value)) await room(response);
    }
    response.end(held);
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    response.off("close", gone);
    gone();
  }
}
