/** Builds stale outputs before the tests. */
export default async function build(): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "build"],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`Cannot build: ${new TextDecoder().decode(stderr)}`);
}
