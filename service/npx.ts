import process from "node:process";

/**
 * Waits for the end of the `npx` above this process, which calls itself `npm exec`. Its exit code is
 * 1 where there is none, or where `ps` cannot tell.
 */
const WAIT = `
p=$PPID
while [ "$p" -gt 1 ]; do
  case $(ps -o args= -p "$p") in "npm exec"*) break ;; esac
  # Arithmetic drops the spaces before a short number, which kill does not take.
  p=$(($(ps -o ppid= -p "$p")))
done 2>/dev/null
[ "$p" -gt 1 ] 2>/dev/null || exit 1
echo found
while kill -0 "$p" && kill -0 "$PPID"; do sleep 1; done 2>/dev/null
exit 0
`;

/** A wait for the end of `npx`. */
export interface NpxWait {
  /** Resolves when the `npx` that started this process is gone; never without one. */
  readonly gone: Promise<void>;
  /** Ends the waiting. */
  close(): void;
}

/**
 * Finds the `npx` that started this process, to wait for its end: on a signal it ends only its shell,
 * so that what it started would run on and keep its port. Resolves when it is found, for the way to
 * it is lost once it has ended.
 */
export async function waitForNpx(): Promise<NpxWait> {
  const gone = Promise.withResolvers<void>();
  if (process.env["npm_command"] !== "exec" || process.platform === "win32") {
    return { gone: gone.promise, close() {} };
  }
  const waiting = new Deno.Command("sh", {
    args: ["-c", WAIT],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let ended = false;
  waiting.status.then(({ success }) => {
    ended = true;
    if (success) gone.resolve();
  });
  await waiting.stdout.getReader().read();
  return {
    gone: gone.promise,
    close() {
      if (!ended) waiting.kill("SIGKILL");
    },
  };
}
