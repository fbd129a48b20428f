import { describe, expect, test } from "vitest";
import { Environment, warnOfMistyped } from "../../../data/common/environment.ts";
import { UsageError } from "../../../data/common/errors.ts";
import { SETTINGS } from "../../../data/common/settings.ts";
import { MAX_STATES } from "../../../core-wasm/core.ts";
import { MAX_WINDOW } from "../../../models/artifact/features.ts";
import { readParameters } from "../../../models/training/parameters.ts";
import { readConfig } from "../../../service/config.ts";

test("the first layer that has a setting decides, by its name before its aliases", () => {
  const environment = new Environment({ PORT: "80" }, { DASHBOARD_PORT: "81", PORT: "82" });
  expect(environment.get(SETTINGS.port)).toBe(80);
  expect(new Environment({ DASHBOARD_PORT: "81", PORT: "82" }).get(SETTINGS.port)).toBe(81);
});

test("an empty value counts as unset, so that the next layer or the default decides", () => {
  const environment = new Environment({ SOURCE: " " }, { SOURCE: "simulator", LOG_LEVEL: "" });
  expect(environment.get(SETTINGS.source)).toBe("simulator");
  expect(environment.get(SETTINGS.logLevel)).toBe("INFO");
  expect([environment.has(SETTINGS.source), environment.has(SETTINGS.logLevel)])
    .toEqual([true, false]);
});

test("a refused value is named as it was given, by an alias too, and shortened", () => {
  const read = () => new Environment({ PORT: "x".repeat(1000) }).get(SETTINGS.port);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(
    `PORT must be a whole number from 0 to 65535: current value is "${"x".repeat(100)}..."`,
  );
});

describe("serve and train", () => {
  test("layer the environment over .env alike", () => {
    const environment = new Environment({ HMM_N_COMPONENTS: "" }, { HMM_N_COMPONENTS: "4" });
    expect(readConfig(environment).expected.states).toBe(4);
    expect(readParameters({}, environment).states).toBe(4);
  });

  test("refuse the same values", () => {
    for (const variables of [{ FEATURE_WINDOW_SIZE: "50000" }, { HMM_N_COMPONENTS: "9" }]) {
      const environment = new Environment(variables);
      expect(() => readConfig(environment)).toThrow(UsageError);
      expect(() => readParameters({}, environment)).toThrow(UsageError);
    }
  });

  test("allow what the models allow", () => {
    const { states, window } = SETTINGS;
    expect([states.kind.allowed, window.kind.allowed]).toEqual([
      `a whole number from 2 to ${MAX_STATES}`,
      `a whole number from 2 to ${MAX_WINDOW}`,
    ]);
  });
});

test.each(Object.values(SETTINGS).filter((setting) => "fallback" in setting))(
  "the default of $name is allowed",
  ({ kind, fallback }) => {
    expect(kind.parse(fallback)).toBeDefined();
  },
);

test.each([
  ["SYMBLOS", "SYMBOLS"],
  ["symbols", "SYMBOLS"],
  ["MODEL", "MODELS"],
  ["DASHBOARD-PORT", "DASHBOARD_PORT"],
  ["BINANCE_URL", "BINANCE_WS_URL"],
  ["MICROSTREAM_PORTS", "MICROSTREAM_MAX_FILES"],
])("%s in .env is a warning in one line that names %s", (name, nearest) => {
  expect(warnOfMistyped(["SYMBOLS", "PORT", name])).toEqual([
    expect.stringMatching(
      new RegExp(`^\\.env: ${name} is not a setting and is ignored; the nearest is `),
    ),
  ]);
  if (!name.startsWith("MICROSTREAM_")) {
    expect(warnOfMistyped([name])[0]).toMatch(new RegExp(`${nearest}$`));
  }
});

test("names of other programs in .env are left alone", () => {
  expect(warnOfMistyped(["DATABASE_URL", "AWS_REGION", "NODE_ENV", "USER", "HOME"])).toEqual([]);
});
