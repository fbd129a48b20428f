import { describe, expect, test } from "vitest";
import { Attempts, Backoff, retry } from "../../../data/common/retry.ts";

/** A clock that moves only when somebody sleeps. */
class SleepClock {
  readonly waits: number[] = [];
  #time = 0;

  monotonic(): number {
    return this.#time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.waits.push(ms);
    this.#time += ms;
    return Promise.resolve();
  }
}

const policy = { firstMs: 500, maxMs: 3000, jitter: 0 };

/** A task that fails so many times before it succeeds. */
function failing(failures: number): () => Promise<string> {
  let calls = 0;
  return () => ++calls > failures ? Promise.resolve("done") : Promise.reject(new Error(`${calls}`));
}

describe("Backoff", () => {
  test("waits double up to the bound and start over after a reset", () => {
    const backoff = new Backoff(policy);
    const waits = () => Array.from({ length: 5 }, () => backoff.next());
    expect(waits()).toEqual([500, 1000, 2000, 3000, 3000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });

  test("jitter shortens a wait by at most half unless the policy says otherwise", () => {
    expect(new Backoff({ firstMs: 500, maxMs: 3000 }, () => 0).next()).toBe(250);
    expect(new Backoff({ firstMs: 500, maxMs: 3000, jitter: 1 }, () => 0.1).next()).toBe(50);
  });

  test("a wait stays finite after thousands of attempts", () => {
    const backoff = new Backoff(policy);
    for (let i = 0; i < 5000; i++) backoff.next();
    expect(backoff.next()).toBe(3000);
  });
});

describe("retry", () => {
  test("repeats a task until it succeeds", async () => {
    const clock = new SleepClock();
    expect(await retry(failing(3), { policy, clock })).toBe("done");
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });

  test("throws the last error after the attempts that are allowed", async () => {
    const clock = new SleepClock();
    await expect(retry(failing(9), { policy, clock, attempts: 3 })).rejects.toThrow("3");
    expect(clock.waits).toEqual([500, 1000]);
  });

  test("makes no further attempt after its patience", async () => {
    const clock = new SleepClock();
    await expect(retry(failing(9), { policy, clock, patienceMs: 1500 })).rejects.toThrow("3");
  });

  test("waits as long as the other side asks, and gives up when onFailure throws", async () => {
    const clock = new SleepClock();
    const onFailure = (error: unknown, failures: number) => {
      if (failures === 3) throw error;
      return failures === 1 ? 7 : undefined;
    };
    await expect(retry(failing(9), { policy, clock, onFailure })).rejects.toThrow("3");
    expect(clock.waits).toEqual([7, 500]);
  });

  test("ends with the signal's reason, not with the task's error", async () => {
    const closing = new AbortController();
    const clock = new SleepClock();
    const task = () => {
      closing.abort(new Error("closed"));
      return Promise.reject(new Error("late"));
    };
    await expect(retry(task, { policy, clock, signal: closing.signal })).rejects.toThrow("closed");
    expect(clock.waits).toEqual([]);
  });
});

test("progress starts the waits, the failures and the time over", async () => {
  const clock = new SleepClock();
  const attempts = new Attempts({ policy, clock });
  await attempts.wait();
  await attempts.wait();
  expect([attempts.failures, attempts.elapsedMs]).toEqual([2, 1500]);
  attempts.progress();
  expect([attempts.failures, attempts.elapsedMs]).toEqual([0, 0]);
  await attempts.wait();
  expect(clock.waits).toEqual([500, 1000, 500]);
});
