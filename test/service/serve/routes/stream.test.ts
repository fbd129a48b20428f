import { expect, test } from "vitest";
import type { StreamQuery } from "../../../../service/serve/query.ts";
import { setUp } from "../support.ts";

function setUpHub() {
  const opened: (readonly [StreamQuery, string | undefined])[] = [];
  const hub = {
    size: 0,
    open(query: StreamQuery, lastEventId: string | undefined) {
      opened.push([query, lastEventId]);
      return new Blob(["retry: 2000\n\n"]).stream();
    },
  };
  return { app: setUp({ hub }), opened };
}

test("a stream is opened for what was asked for, behind the last event that was received", async () => {
  const { app, opened } = setUpHub();
  const response = await app.request("/api/v1/stream?symbols=ethusdt&events=signal,bar", {
    headers: { "Last-Event-ID": "binance:7" },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toBe("retry: 2000\n\n");
  expect(opened).toEqual([
    [{ symbols: new Set(["ETHUSDT"]), events: new Set(["signal", "bar"]) }, "binance:7"],
  ]);
});

test("events are not compressed, which would hold them back", async () => {
  const response = await setUpHub().app.request("/api/v1/stream", {
    headers: { "accept-encoding": "gzip" },
  });
  expect(response.headers.has("content-encoding")).toBe(false);
});

test("HEAD opens no stream", async () => {
  const { app, opened } = setUpHub();
  const response = await app.request("/api/v1/stream", { method: "HEAD" });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  expect(opened).toEqual([]);
});
