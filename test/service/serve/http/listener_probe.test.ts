import { createServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ListenerProbe } from "../../../../service/serve/http/listener_probe.ts";

async function listen(onConnection: (socket: Socket) => void) {
  const server: Server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return { server, address: { host: "127.0.0.1", port: address.port } };
}

test("a listener that hands the connection over is alive, although it destroys it", async () => {
  const probe = new ListenerProbe();
  const { address } = await listen((socket) => {
    probe.accepted(socket.remotePort);
    socket.destroy();
  });
  expect(await probe.run(address, 60_000)).toBe("answered");
});

test("a listener whose connections only the system accepts is dead", async () => {
  const probe = new ListenerProbe();
  const { address } = await listen((socket) => socket.on("error", () => {}));
  expect(await probe.run(address, 100)).toBe("dead");
});

test("a port on which nobody listens is dead", async () => {
  const probe = new ListenerProbe();
  const { server, address } = await listen(() => {});
  await new Promise((resolve) => server.close(resolve));
  expect(await probe.run(address, 60_000)).toBe("dead");
});
