import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../../../support/until.ts";

const SERVER = fileURLToPath(new URL("small_server.ts", import.meta.url));
const DESCRIPTORS = 120;

test("more connections than descriptors do not end the process, and it listens again", async () => {
  const run = `ulimit -n ${DESCRIPTORS}; exec "$0" run -A "$1"`;
  const child = new Deno.Command("sh", {
    args: ["-c", run, Deno.execPath(), SERVER],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await child.status;
  });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number(/:(\d+)\n/.exec((await lines.read()).value ?? "")?.[1]);
  lines.releaseLock();
  await child.stdout.cancel().catch(() => {});

  const connections: Deno.Conn[] = [];
  for (let i = 0; i < 2 * DESCRIPTORS; i++) {
    // The system accepts them, whether the listener is dead or not.
    connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  }
  for (const connection of connections) connection.close();
  const restarts = await until("a listener that was replaced", async () => {
    const signal = AbortSignal.timeout(1000);
    return await fetch(`http://127.0.0.1:${port}`, { signal })
      .then((answer) => answer.text(), () => undefined);
  });
  expect(Number(restarts)).toBeGreaterThanOrEqual(1);
});
