/** `deno task fuzz`: mutated frames for the decoder. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand, valueOption } from "../../data/common/command.ts";
import { wholeNumberIn } from "../../data/common/values.ts";
import { realFrames } from "./captured.ts";
import { fuzzDecoder } from "./fuzz.ts";

const CAPTURE = fileURLToPath(
  new URL("../../../shared/data/ws/BTCUSDT-spot-20240808.jsonl.gz", import.meta.url),
);

async function run({ cases, seed }: { readonly cases: number; readonly seed: number }) {
  const real = existsSync(CAPTURE) ? await realFrames(CAPTURE) : [];
  const started = performance.now();
  const { frames, verdicts } = fuzzDecoder(cases, seed, real);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${frames} frames, seed ${seed}, from ${real.length} captured ones, ${seconds} s`);
  for (const [verdict, count] of Object.entries(verdicts).sort((a, b) => b[1] - a[1])) {
    console.log(`${String(count).padStart(9)}  ${verdict}`);
  }
}

const command = defineCommand(
  "fuzz",
  "Decodes generated frames of the exchange, sound and damaged, and compares every verdict with " +
    "that of an independent reader. Stops with the frame at the first trade that was invented or " +
    "lost.",
)
  .addOption(
    valueOption("--cases <n>", "number of frames", wholeNumberIn({ min: 1, max: 1e12 }))
      .default(1_000_000),
  )
  .addOption(
    valueOption("--seed <n>", "which frames", wholeNumberIn({ min: 0, max: 2 ** 31 })).default(1),
  )
  .action(run);

await runCommand(command);
