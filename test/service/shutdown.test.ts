import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Bar } from "../../data/schema/bar.ts";
import { MINUTE_MS, minuteOf } from "../../data/schema/time.ts";
import { EmbeddedLog } from "../../service/bus/embedded/embedded_log.ts";
import { barRecords, makeBar } from "../support/records.ts";
import { ServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** More than what the buffers between two processes hold. */
const MINUTES = 40_000;

/** A journal whose bars reach up to now; returns the position before them. */
async function prepareJournal(folder: string): Promise<string> {
  const log = new EmbeddedLog(join(folder, "simulator-1.sqlite"));
  const first = minuteOf(Date.now()) - MINUTES * MINUTE_MS;
  for (let i = 0; i < MINUTES; i += 2000) {
    const bars = Array.from({ length: 2000 }, (_, k): Bar => {
      const timestamp = first + (i + k) * MINUTE_MS;
      return { ...makeBar(i + k), timestamp, close_time: timestamp + 59_999, source: "simulator" };
    });
    await log.append(barRecords(...bars));
  }
  const { start } = log;
  await log.close();
  return start;
}

/** Opens a stream over a socket of its own, which is read only when asked to. */
function openStream(url: string, headers = "") {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  const ended = Promise.withResolvers<string>();
  socket.on("error", ended.reject).on("close", () => ended.resolve(text));
  socket.write(
    `GET /api/v1/stream?events=bar,status HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n`,
  );
  onTestFinished(() => void socket.destroy());
  return {
    read: () => void socket.on("data", (part: Buffer) => text += part.toString("latin1")),
    get text() {
      return text;
    },
    ended: ended.promise,
  };
}

const GOODBYE = /event: goodbye\ndata: \{"reason":"shutdown","retry":2000\}\n\n\r\n0\r\n\r\n$/;

test(
  "SIGTERM while clients catch up: each stream ends with a goodbye and its closing chunk, exit 0",
  async () => {
    const folder = temporaryFolder();
    const start = await prepareJournal(folder);
    const service = await ServiceProcess.start({ SOURCE: "simulator", DATA_DIR: folder });
    const live = Array.from({ length: 5 }, () => openStream(service.url));
    const behind = Array.from(
      { length: 5 },
      () => openStream(service.url, `Last-Event-ID: ${start}\r\n`),
    );
    const stuck = openStream(service.url, `Last-Event-ID: ${start}\r\n`);
    for (const stream of [...live, behind[0]]) stream?.read();
    await until(
      "live streams",
      () => live.every(({ text }) => text.includes("event: status")) || undefined,
    );
    await until(
      "a stream that catches up",
      () => behind[0]?.text.includes("event: bar") || undefined,
    );
    const ending = service.kill("SIGTERM");
    for (const stream of behind) stream.read();
    for (const stream of [...live, ...behind]) expect(await stream.ended).toMatch(GOODBYE);
    expect(await ending).toBe(0);
    expect(stuck.text).toBe("");
    // They were in the middle of it.
    const taken = behind.map(({ text }) => text.match(/event: bar/g)?.length ?? 0);
    for (const count of taken.slice(1)) expect(count).toBeLessThan(MINUTES);
  },
  300_000,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "a second signal ends what cannot end by itself: %s",
  async (second) => {
    const shutdown = new URL("../../service/shutdown.ts", import.meta.url);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { onShutdown } from "${shutdown}";
         onShutdown(() => console.log("stopping"));
         setInterval(() => {}, 1000);
         console.log("ready");`,
      ],
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    expect((await lines.read()).value).toContain("ready");
    child.kill("SIGTERM");
    expect((await lines.read()).value).toContain("stopping");
    child.kill(second);
    expect((await child.status).code).toBe(second === "SIGINT" ? 130 : 143);
    await lines.cancel();
  },
);
