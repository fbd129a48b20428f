import { expect, test } from "vitest";
import { errorMessage } from "../../../data/common/errors.ts";

test("every thrown value has a message", () => {
  expect([new Error("full"), "text", undefined].map(errorMessage))
    .toEqual(["full", "text", "undefined"]);
});
