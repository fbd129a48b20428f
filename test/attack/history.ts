/**
 * 150 clients ask for 10,000 signals and never read; 32 ask for tables of 10,000 in a loop.
 *
 * @module
 */
import { report, request, silent, Target, watch } from "./service.ts";

const SECONDS = 60;

const target = await Target.start();
report("before", await watch(target, 10));

let tables = 0;
let looping = true;
async function loop(): Promise<void> {
  while (looping) {
    const { status } = await target.ask("/api/v1/signals?limit=10000&format=csv");
    if (status === 200) tables++;
  }
}

const loops = Array.from({ length: 32 }, loop);
report("32 CSV clients", { ...await watch(target, SECONDS), tables });

const sockets = Array.from(
  { length: 150 },
  () => silent(target.port, request("/api/v1/signals?limit=10000")),
);
tables = 0;
report("32 CSV clients and 150 non-readers", {
  ...await watch(target, SECONDS),
  tables,
  "non-readers dropped": await target.metric('refused_total{bound="stalled"}'),
});
looping = false;
for (const socket of sockets) socket.destroy();
await Promise.all(loops);
report("after", await watch(target, 10));
await target.end();
