import { expect, test } from "vitest";
import { chooseHysteresis, hysteresisPath } from "../../../models/evaluation/hysteresis.ts";
import { Random } from "../../core-wasm/support.ts";

test("a level is entered above one threshold and left below a lower one", () => {
  const values = Float64Array.of(
    0,
    0.9,
    1.1,
    0.6,
    0.4,
    2.5,
    1.6,
    1.4,
    0.1,
    /* next */ 0.8,
    0.6,
    0.4,
  );
  const rule = { enter: [1, 2], leave: [0.5, 1.5] };
  expect(Array.from(hysteresisPath(values, [9, 3], rule))).toEqual(
    [0, 0, 1, 1, 0, 2, 2, 1, 0, 1, 1, 0],
  );
});

/** A slow signal of three levels under noise, and the level. */
function noisyLevels(count: number, noise: number) {
  const random = new Random(1);
  let level = 1;
  const truth = new Uint8Array(count);
  const values = Float64Array.from(truth, (_, t) => {
    if (random.uniform() < 1 / 300) level = random.pick([1 / 3, 1 / 3, 1 / 3]);
    truth[t] = level;
    return 4 * level + noise * random.normal();
  });
  return { values, truth, lengths: [count], classes: 3, levels: 3 };
}

test("thresholds between clear levels are found", () => {
  const { enter, leave, accuracy } = chooseHysteresis(noisyLevels(20_000, 0.3));
  expect(accuracy).toBeGreaterThan(0.99);
  for (const [i, up] of enter.entries()) {
    expect(leave[i]).toBeLessThanOrEqual(up);
    expect(up).toBeGreaterThan(4 * i);
    expect(leave[i]).toBeLessThan(4 * (i + 1));
  }
});

test("thresholds cause at most 20 changes per day on noise", () => {
  const { flipsPerDay, accuracy, enter, leave } = chooseHysteresis(noisyLevels(20_000, 1.5));
  expect(flipsPerDay).toBeLessThanOrEqual(20);
  expect(accuracy).toBeGreaterThan(0.85);
  expect((enter[0] ?? 0) - (leave[0] ?? 0)).toBeGreaterThan(1);
});

test("thresholds cause at most 20 changes per day even where every change is right", () => {
  const task = noisyLevels(20_000, 1.5);
  const truth = task.values.map((value) => (value < 2 ? 0 : value < 6 ? 1 : 2));
  const chosen = chooseHysteresis({ ...task, truth: Uint8Array.from(truth) });
  expect(chosen.flipsPerDay).toBeLessThanOrEqual(20);
  expect(chosen.accuracy).toBeLessThan(1);
});

test("bars of an unknown class are not counted", () => {
  const task = noisyLevels(5_000, 0.3);
  const truth = task.truth.map((level, t) => (t % 2 === 0 ? level : 255));
  expect(chooseHysteresis({ ...task, truth }).accuracy).toBeGreaterThan(0.99);
});
