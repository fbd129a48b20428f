/** A server-sent event. */
export interface SentEvent {
  readonly event: string;
  readonly data: string;
  /** Id of the last event that had one, this one included; empty before the first. */
  readonly lastId: string;
}

/**
 * Reads server-sent events until the stream ends. EventSource cannot be used: it hides the status
 * of a refusal and the comments that show that a quiet connection is alive.
 *
 * @param onBytes Called whenever anything arrives, comments included.
 * @throws What the stream throws when it breaks.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: () => void,
): AsyncGenerator<SentEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let [event, data, lastId] = ["", "", ""];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, field, text = ""] = /^([^:]*):? ?(.*?)\r?$/.exec(line) ?? [];
      if (field === "event") event = text;
      else if (field === "data") data += (data === "" ? "" : "\n") + text;
      else if (field === "id") lastId = text;
      else if (line.trim() === "") {
        if (data !== "") yield { event, data, lastId };
        [event, data] = ["", ""];
      }
    }
  }
}
