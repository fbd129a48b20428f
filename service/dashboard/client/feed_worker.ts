/** The shared worker: one feed for all pages of a browser. It ends with the last of them. */
import { FeedHub } from "./feed_hub.ts";

const hub = new FeedHub(location.origin);
addEventListener("connect", (event) => {
  if (!(event instanceof MessageEvent)) return;
  for (const port of event.ports) hub.join(port);
});
