/**
 * Which room of the house may import which; imports run one way. A room is a file, or a folder
 * without the rooms inside it. Files of one room may import one another, types included.
 */
interface Room {
  readonly path: string;
  /** Files and folders of other rooms; a folder includes all that is in it. */
  readonly mayImport: readonly string[];
}

/** The two ports on which the stages of the service meet. */
const PORTS = ["service/bus/event_log.ts", "service/bus/record_store.ts"];

/** What all stages of the service share. */
const SHARED = ["service/config.ts", "service/log.ts", "service/log_throttle.ts"];

const LIBRARIES = ["data", "core-wasm", "models"];

/** For the few files that put the stages together. */
const ALL = [...LIBRARIES, "service"];

const ROOMS: readonly Room[] = [
  { path: "data", mayImport: ["data"] },
  { path: "data/common", mayImport: [] },
  { path: "data/schema", mayImport: ["data/common"] },
  { path: "core-wasm", mayImport: ["data/common", "data/schema"] },
  { path: "models", mayImport: ["data", "core-wasm"] },
  { path: "service", mayImport: LIBRARIES },
  { path: "service/main.ts", mayImport: ALL },
  { path: "service/role.ts", mayImport: ALL },
  { path: "service/commands", mayImport: ALL },
  { path: "service/launcher.ts", mayImport: ["service", ...LIBRARIES] },
  { path: "service/exchanges", mayImport: ["data/common", "data/schema", "core-wasm"] },
  { path: "service/ingest", mayImport: [...LIBRARIES, ...SHARED, ...PORTS, "service/exchanges"] },
  { path: "service/engine", mayImport: [...LIBRARIES, ...SHARED, ...PORTS] },
  { path: "service/serve", mayImport: [...LIBRARIES, ...SHARED, ...PORTS] },
  {
    path: "service/bus",
    mayImport: ["data/common", "data/schema", "data/files/csv.ts", ...SHARED],
  },
  { path: "service/dashboard", mayImport: ["data/schema"] },
  { path: "service/simulator", mayImport: LIBRARIES },
  { path: "notebooks", mayImport: [...LIBRARIES, "service/commands/notebooks.ts"] },
];

function holds(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The innermost room of a file; undefined for files that may import anything, such as tests. */
function roomOf(path: string): Room | undefined {
  return ROOMS.filter((room) => holds(room.path, path))
    .reduce<Room | undefined>(
      (inner, room) => inner && inner.path.length > room.path.length ? inner : room,
      undefined,
    );
}

/**
 * Why a file may not import another.
 *
 * @param from Path from the project's folder, with slashes.
 * @param to The same.
 * @returns undefined when it may.
 */
export function refuseImport(from: string, to: string): string | undefined {
  const room = roomOf(from);
  if (room === undefined || room === roomOf(to)) return undefined;
  if (room.mayImport.some((path) => holds(path, to))) return undefined;
  const others = room.mayImport.length === 0 ? "nothing else" : room.mayImport.join(", ");
  return `Cannot import ${to} as ${room.path} may import only itself and ${others}`;
}
