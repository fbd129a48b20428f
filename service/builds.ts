/** Scripts that do nothing when their output is newer than their sources. */
const BUILDS = ["core-wasm/build.ts", "service/dashboard/build.ts"];

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];

/**
 * Builds what is stale, side by side.
 *
 * @param root The project's folder, with a slash at the end.
 * @throws Error naming the build that failed; what went wrong is on stderr.
 */
export async function buildWhatIsStale(root: string): Promise<void> {
  const builds = BUILDS.map((script) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...PERMISSIONS, root + script],
      stdin: "null",
    }).spawn().status
  );
  const failed = BUILDS[(await Promise.all(builds)).findIndex(({ success }) => !success)];
  if (failed !== undefined) throw new Error(`Cannot continue as ${failed} failed`);
}
