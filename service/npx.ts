import process from "node:process";

/**
 * Waits for the end of the `npx` above this process, which calls itself `npm exec`. Its exit code is
 * 1 where there is none, or where `ps` cannot tell.
 */
const WAIT = `
p=$PPID
while [ "$p" -gt 1 ]; do
  case $(ps -o args= -p "$p") in "npm exec"*) break ;; esac
  p=$(ps -o ppid= -p "$p")
done 2>/dev/null
[ "$p" -gt 1 ] 2>/dev/null || exit 1
while kill -0 "$p" && kill -0 "$PPID"; do sleep 1; done 2>/dev/null
exit 0
`;

/**
 * Calls back when the `npx` that started this process is gone. On a signal it ends only its shell,
 * so that what it started would run on and keep its port. Does nothing without `npx`.
 *
 * @returns Ends the waiting.
 */
export function onEndOfNpx(stop: () => void): () => void {
  if (process.env["npm_command"] !== "exec" || process.platform === "win32") return () => {};
  const waiting = new Deno.Command("sh", {
    args: ["-c", WAIT],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  waiting.status.then(({ success }) => {
    ended = true;
    if (success) stop();
  });
  return () => {
    if (!ended) waiting.kill("SIGKILL");
  };
}
