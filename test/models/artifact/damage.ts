/** An artifact with the value at a path replaced, or removed when it is undefined. */
export function damaged(
  text: string,
  path: readonly (string | number)[],
  value?: unknown,
): string {
  const artifact: unknown = JSON.parse(text);
  let parent: unknown = artifact;
  for (const key of path.slice(0, -1)) parent = Reflect.get(Object(parent), key);
  const last = path.at(-1) ?? "";
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return JSON.stringify(artifact);
}
