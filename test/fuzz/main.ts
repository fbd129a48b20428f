/** `deno task fuzz`: mutated frames for the decoder. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../data/common/arguments.ts";
import { realFrames } from "./captured.ts";
import { fuzzDecoder } from "./fuzz.ts";

const HELP = `Usage: deno task fuzz [--cases N] [--seed N]

Decodes made-up frames of the exchange, sound and bent, and compares every verdict with that of an
independent reader. Stops with the frame at the first trade that was not there, or was lost.

  --cases N  how many frames, 1000000 by default
  --seed N   which frames, 1 by default
  --help     this text
`;

const CAPTURE = fileURLToPath(
  new URL("../../../shared/data/ws/BTCUSDT-spot-20240808.jsonl.gz", import.meta.url),
);

await runCommand(HELP, { cases: "value", seed: "value" }, async (args) => {
  const cases = args.number("cases", 1_000_000, { min: 1, max: 1e12, integer: true });
  const seed = args.number("seed", 1, { min: 0, max: 2 ** 31, integer: true });
  const real = existsSync(CAPTURE) ? await realFrames(CAPTURE) : [];
  const started = performance.now();
  const { frames, verdicts } = fuzzDecoder(cases, seed, real);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${frames} frames, seed ${seed}, ${real.length} real ones to mutate, ${seconds} s`);
  for (const [verdict, count] of Object.entries(verdicts).sort((a, b) => b[1] - a[1])) {
    console.log(`${String(count).padStart(9)}  ${verdict}`);
  }
});
