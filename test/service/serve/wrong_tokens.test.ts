import { expect, test } from "vitest";
import { WrongTokens } from "../../../service/serve/wrong_tokens.ts";

test("each wrong token of an address waits longer, up to a bound", () => {
  const wrong = new WrongTokens();
  const pauses = Array.from({ length: 7 }, (_, i) => wrong.pauseFor("a", i));
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  expect(wrong.pauseFor("b", 8)).toBe(500);
});

test("an address is forgotten after a minute without a try", () => {
  const wrong = new WrongTokens();
  wrong.pauseFor("a", 0);
  expect(wrong.pauseFor("a", 59_999)).toBe(1000);
  expect(wrong.pauseFor("a", 119_999)).toBe(500);
});

test("however many addresses try, only the latest are remembered", () => {
  const wrong = new WrongTokens();
  for (let i = 0; i < 1001; i++) wrong.pauseFor(String(i), i);
  expect(wrong.pauseFor("0", 1001)).toBe(500);
  expect(wrong.pauseFor("1000", 1001)).toBe(1000);
});
