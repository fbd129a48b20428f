import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { CatchUpLine } from "../../../service/serve/catch_up_line.ts";
import { until } from "../../support/until.ts";

/** Holds the loop. */
function work(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

test("those in the line are served in turn", async () => {
  const served: string[] = [];
  const left = new Map([["a", 3], ["b", 1], ["c", 2]]);
  const line = new CatchUpLine<string>((one) => {
    served.push(one);
    const more = (left.get(one) ?? 0) - 1;
    left.set(one, more);
    return more > 0;
  });
  for (const one of [..."abc", "a"]) line.add(one);
  expect(served).toEqual([]);
  await until("the end", () => served.length === 6 || undefined);
  expect(served.join("")).toBe("abcaca");
  line.add("b");
  await until("another turn", () => served.length === 7 || undefined);
});

test("the loop goes on between long steps, however many wait", async () => {
  let steps = 0;
  const line = new CatchUpLine<number>(() => {
    steps++;
    work(3);
    return false;
  });
  for (let i = 0; i < 50; i++) line.add(i);
  let most = 0;
  while (steps < 50) {
    const before = steps;
    await nextTurn();
    most = Math.max(most, steps - before);
  }
  // A step of the next turn may come before this test's.
  expect(most).toBeLessThanOrEqual(2);
});

test("one who leaves is not served any more", async () => {
  const served: string[] = [];
  const line = new CatchUpLine<string>((one) => {
    served.push(one);
    line.delete("b");
    return false;
  });
  for (const one of "abc") line.add(one);
  await until("the end", () => served.length === 2 || undefined);
  await nextTurn();
  expect(served).toEqual(["a", "c"]);
});
