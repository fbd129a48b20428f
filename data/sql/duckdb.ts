import { createRequire } from "node:module";
import type * as arrow from "apache-arrow";
import type * as duckdb from "@duckdb/duckdb-wasm/blocking";
import { offline } from "./offline.ts";
import { errorMessage } from "../common/errors.ts";

const require = createRequire(import.meta.url);
const DUCKDB = "@duckdb/duckdb-wasm/blocking";

/**
 * The copy of Arrow that DuckDB itself uses. A table of another copy, such as the one that an
 * `import` loads, is silently not inserted.
 */
export const arrowModule: typeof arrow = createRequire(require.resolve(DUCKDB))("apache-arrow");

/** A value for a `?` of a query. */
export type Parameter = string | number | boolean | null;

/** A database in memory. Every call is synchronous, and none uses the network. */
export class Database {
  /** Undefined when closed: DuckDB's memory is freed when nothing refers to it. */
  #duckdb: { bindings: duckdb.DuckDBBindings; connection: duckdb.DuckDBConnection } | undefined;

  private constructor(bindings: duckdb.DuckDBBindings) {
    // DuckDB's own casts of integers and times are wrong inside lists and structs.
    bindings.open({});
    this.#duckdb = { bindings, connection: bindings.connect() };
    this.query("SET autoload_known_extensions = false");
    this.query("SET autoinstall_known_extensions = false");
  }

  /** Opens an empty database; it takes some 100 MB until it is closed. */
  static async open(): Promise<Database> {
    const { createDuckDB, NODE_RUNTIME, VoidLogger }: typeof duckdb = require(DUCKDB);
    const module = (name: string) => ({
      mainModule: require.resolve(`@duckdb/duckdb-wasm/dist/duckdb-${name}.wasm`),
      mainWorker: "",
    });
    const bundles = { mvp: module("mvp"), eh: module("eh") };
    const bindings = await createDuckDB(bundles, new VoidLogger(), NODE_RUNTIME);
    await bindings.instantiate();
    return new Database(bindings);
  }

  /**
   * Runs SQL.
   *
   * @throws Error with DuckDB's message, or the name of the extension that the query needs.
   */
  query(sql: string, parameters: readonly Parameter[] = []): arrow.Table {
    const connection = this.#connect();
    try {
      return offline(() => {
        if (parameters.length === 0) return connection.query(sql);
        const statement = connection.prepare(sql);
        try {
          return statement.query(...parameters);
        } finally {
          statement.close();
        }
      });
    } catch (cause) {
      throw explain(cause);
    }
  }

  /** Creates a table from an Arrow table. */
  insert(name: string, table: arrow.Table): void {
    const connection = this.#connect();
    offline(() => connection.insertArrowTable(table, { name, create: true }));
  }

  /** Frees the memory; later calls throw. */
  close(): void {
    this.#duckdb?.connection.close();
    this.#duckdb?.bindings.reset();
    this.#duckdb = undefined;
  }

  #connect(): duckdb.DuckDBConnection {
    if (this.#duckdb !== undefined) return this.#duckdb.connection;
    throw new Error("Cannot run the query as the history is closed");
  }
}

function explain(cause: unknown): Error {
  const message = errorMessage(cause);
  const [, missing] = /exists in the (\w+) extension/.exec(message) ??
    /\/(\w+)\.duckdb_extension/.exec(message) ?? [];
  if (missing !== undefined) {
    return new Error(
      `Cannot run the query as it needs DuckDB's extension ${missing}, and none is downloaded`,
      { cause },
    );
  }
  return new Error(`Cannot run the query: ${message.trim()}`, { cause });
}
