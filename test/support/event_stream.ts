/** An event of a server-sent stream. */
export interface StreamedEvent {
  readonly id: string | undefined;
  readonly event: string;
  /** The JSON as it was sent. */
  readonly data: string;
}

/** Reads a stream of server-sent events until it ends. */
export async function* readEvents(url: string): AsyncGenerator<StreamedEvent> {
  const { body } = await fetch(url);
  if (body === null) return;
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const [event, data] = [field("event"), field("data")];
      if (event !== undefined && data !== undefined) yield { id: field("id"), event, data };
    }
  }
}
