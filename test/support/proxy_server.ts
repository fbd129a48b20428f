import { createServer, request } from "node:http";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** How a proxy behaves. */
export interface ProxyOptions {
  /** The status with which it refuses everything. */
  readonly refuse?: number;
}

/** An HTTP proxy on this machine, which takes every host for this machine. */
export class ProxyServer {
  readonly url: string;
  /** `METHOD target authorization`, in order. */
  readonly requests: readonly string[];

  private constructor(url: string, requests: readonly string[]) {
    this.url = url;
    this.requests = requests;
  }

  /** Starts a proxy, which ends with the test. */
  static async start({ refuse }: ProxyOptions = {}): Promise<ProxyServer> {
    const requests: string[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((req, res) => {
      requests.push(`${req.method} ${req.url} ${req.headers["proxy-authorization"] ?? "-"}`);
      if (refuse !== undefined) return void res.writeHead(refuse).end();
      const { port, pathname, search } = new URL(req.url ?? "");
      const onward = request({ host: "127.0.0.1", port, path: pathname + search }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      });
      onward.on("error", () => res.writeHead(502).end()).end();
    });
    server.on("connect", (req, client) => {
      requests.push(`CONNECT ${req.url} ${req.headers["proxy-authorization"] ?? "-"}`);
      if (refuse !== undefined) return void client.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      const onward = connect(Number(req.url?.split(":").at(-1)), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(client).pipe(onward);
      });
      sockets.add(onward);
      onward.on("error", () => client.destroy()).on("close", () => client.destroy());
      client.on("error", () => onward.destroy()).on("close", () => onward.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no TCP address");
    return new ProxyServer(`http://127.0.0.1:${address.port}`, requests);
  }
}
