import { ServerSentEventParseStream } from "../../data/common/std/event_stream.ts";

/** An event of a server-sent stream. */
export interface StreamedEvent {
  readonly id: string | undefined;
  readonly event: string;
  /** The JSON as it was sent. */
  readonly data: string;
}

/**
 * Reads a stream of server-sent events until it ends.
 *
 * @param lastId The event after which to resume, if any.
 */
export async function* readEvents(url: string, lastId?: string): AsyncGenerator<StreamedEvent> {
  const headers = lastId === undefined ? {} : { "last-event-id": lastId };
  const { body } = await fetch(url, { headers });
  if (body === null) return;
  const events = body.pipeThrough(new ServerSentEventParseStream({ ignoreComments: true }));
  for await (const { id, event, data } of events) {
    if (event !== undefined && data !== undefined) yield { id, event, data };
  }
}
