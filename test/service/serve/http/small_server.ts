/** A server that believes it has more descriptors than there are; prints its port. */
import { createLog } from "../../../../service/log.ts";
import { Refusals } from "../../../../service/serve/http/refusals.ts";
import { HttpServer } from "../../../../service/serve/http_server.ts";

const server: HttpServer = new HttpServer({
  config: {
    ...{ host: "127.0.0.1", port: 0 },
    bounds: { maxConnections: 10_000, maxStreams: 10_000, maxPerAddress: 0, trustedProxies: [] },
  },
  handler: () => new Response(String(server.restarts)),
  refusals: new Refusals(),
  log: createLog("INFO"),
  times: { probe: 200 },
});
console.log(await server.start());
