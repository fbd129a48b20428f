import { basename } from "node:path";

/**
 * The symbol that a history file is of, by its name.
 *
 * @throws SyntaxError when the name does not begin with a symbol and a dash.
 */
export function symbolOfFile(path: string): string {
  const symbol = /^([A-Z0-9]+)-/.exec(basename(path))?.[1];
  if (symbol !== undefined) return symbol;
  throw new SyntaxError(
    `a history file's name must begin with its symbol, as in BTCUSDT-aggTrades-2025-01-31.zip: ` +
      `given is ${basename(path)}`,
  );
}

/** A stretch of exchange time, ms UTC. */
export interface Period {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * The day or the month that one of Binance's dumps holds from end to end, by its name
 * (`...-2025-01-31.csv.gz`, `...-2025-01.zip`); undefined for other files.
 */
export function periodOfFile(path: string): Period | undefined {
  const match = /-(\d{4})-(\d{2})(?:-(\d{2}))?\.csv(?:\.gz)?$|-(\d{4})-(\d{2})(?:-(\d{2}))?\.zip$/
    .exec(basename(path));
  if (match === null) return undefined;
  const year = Number(match[1] ?? match[4]);
  const month = Number(match[2] ?? match[5]) - 1;
  const dayText = match[3] ?? match[6];
  if (dayText === undefined) {
    return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
  }
  const day = Number(dayText);
  return { from: Date.UTC(year, month, day), to: Date.UTC(year, month, day + 1) };
}
