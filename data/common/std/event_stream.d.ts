/** A server-sent event; a field that was not sent is absent. */
export interface ServerSentEventParsedMessage {
  comment?: string;
  event?: string;
  /** The data lines, joined by line feeds. */
  data?: string;
  id?: string;
  /** Wait before a reconnect, ms. */
  retry?: number;
}

export interface ServerSentEventParseStreamOptions {
  /** Whether comments (heartbeats) are left out; false by default. */
  readonly ignoreComments?: boolean;
}

/** Parses the bytes of an event stream into its events. */
export class ServerSentEventParseStream
  extends TransformStream<Uint8Array, ServerSentEventParsedMessage> {
  constructor(options?: ServerSentEventParseStreamOptions);
}
