import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../../../support/until.ts";

const SERVER = fileURLToPath(new URL("small_server.ts", import.meta.url));
const DESCRIPTORS = 120;

function open(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

test("more connections than descriptors do not end the process, and it listens again", async () => {
  const run = `ulimit -n ${DESCRIPTORS}; exec "$0" run -A "$1"`;
  const child = spawn("sh", ["-c", run, Deno.execPath(), SERVER]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (text) => output += String(text));
  const url = await until("the server", () => /http:\S+/.exec(output)?.[0]);

  const sockets = Array.from({ length: 2 * DESCRIPTORS }, () => open(Number(new URL(url).port)));
  await until(
    "connections that the system accepted",
    () => sockets.every(({ connecting }) => !connecting) || undefined,
  );
  // The listener is dead from now on: a request is accepted by the system alone.
  for (const socket of sockets) socket.destroy();
  console.log("all accepted", output);
  const restarts = await until("a listener that was replaced", async () => {
    const signal = AbortSignal.timeout(1000);
    return await fetch(url, { signal }).then((answer) => answer.text(), () => undefined);
  });
  expect(child.exitCode).toBeNull();
  expect(Number(restarts)).toBeGreaterThanOrEqual(1);
});
