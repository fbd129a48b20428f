import { existsSync } from "node:fs";
import process from "node:process";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import * as z from "zod/mini";
import { temporaryFolder } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { FLAGS } from "./chromium.ts";

const answerSchema = z.object({ id: z.int(), result: z.optional(z.unknown()) });
const targetSchema = z.object({ targetId: z.string() });
const sessionSchema = z.object({ sessionId: z.string() });
const titlesSchema = z.object({
  targetInfos: z.array(z.object({ targetId: z.string(), title: z.string() })),
});
const valueSchema = z.object({ result: z.object({ value: z.optional(z.unknown()) }) });

/**
 * One window of Chromium with tabs, of which one is visible, as people have it. Playwright cannot
 * show this: it makes each page believe that it is the visible one.
 */
export class TabStrip {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const { success, data: answer } = answerSchema.safeParse(JSON.parse(String(data)));
      if (success) this.#answers.get(answer.id)?.(answer.result);
    });
  }

  /** Starts a browser; it ends with the test. */
  static async start(): Promise<TabStrip> {
    const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
    if (!existsSync(path)) throw new Error(`Cannot start Chromium: there is no ${path}`);
    const child = new Deno.Command(path, {
      args: [
        ...["--headless=new", "--remote-debugging-port=0"],
        ...FLAGS,
        `--user-data-dir=${temporaryFolder()}`,
        "about:blank",
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let output = "";
    const reading = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) output += text;
    })();
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await Promise.allSettled([child.status, reading]);
    });
    const url = await until("Chromium to listen", () => /listening on (ws:\S+)/.exec(output)?.[1]);
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    onTestFinished(() => socket.terminate());
    return new TabStrip(socket);
  }

  /** Opens a tab in front of the others. */
  async open(url: string): Promise<Tab> {
    const { targetId } = targetSchema.parse(await this.send("Target.createTarget", { url }));
    const attached = await this.send("Target.attachToTarget", { targetId, flatten: true });
    return new Tab(this, targetId, sessionSchema.parse(attached).sessionId);
  }

  /** Sends a command of the DevTools protocol and waits for its result. */
  send(method: string, params: Readonly<Record<string, unknown>>, sessionId?: string) {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return new Promise<unknown>((resolve) => this.#answers.set(id, resolve));
  }
}

/** A tab of a window. */
export class Tab {
  readonly #strip: TabStrip;
  readonly #targetId: string;
  readonly #sessionId: string;

  constructor(strip: TabStrip, targetId: string, sessionId: string) {
    this.#strip = strip;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  /** Brings it to the front; the tab before is hidden. */
  async show(): Promise<void> {
    await this.#strip.send("Target.activateTarget", { targetId: this.#targetId });
  }

  /** Its title, as the window shows it, whether it runs or not. */
  async title(): Promise<string> {
    const { targetInfos } = titlesSchema.parse(await this.#strip.send("Target.getTargets", {}));
    return targetInfos.find(({ targetId }) => targetId === this.#targetId)?.title ?? "";
  }

  /** The value of an expression in it. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const answer = await this.#strip.send("Runtime.evaluate", params, this.#sessionId);
    return valueSchema.parse(answer).result.value;
  }

  /** Freezes it as a browser does with a tab that was hidden for long, or lets it go on. */
  async freeze(frozen: boolean): Promise<void> {
    const state = frozen ? "frozen" : "active";
    await this.#strip.send("Page.setWebLifecycleState", { state }, this.#sessionId);
  }

  async close(): Promise<void> {
    await this.#strip.send("Target.closeTarget", { targetId: this.#targetId });
  }

  /** Waits until its title matches. */
  titled(title: RegExp): Promise<string> {
    return until(`the title ${title}`, async () => {
      const shown = await this.title();
      return title.test(shown) ? shown : undefined;
    });
  }
}
