/**
 * The name of a market: upper-case letters of any script, digits and underscores, 2 to 50
 * characters, as in `BTCUSDT`, `1000SHIBUSDT`, `币安人生USDT` and the contracts `BTCUSDT_240329` and
 * `BTCUSD_PERP`, which are markets of their own.
 */
const NAME = String.raw`[\p{Lu}\p{Lo}\p{Nd}][\p{Lu}\p{Lo}\p{Nd}_]{1,49}`;

const SYMBOL = new RegExp(`^${NAME}$`, "u");
/** A name ends at a hyphen or a dot; an underscore belongs to it. */
const FILE_NAME = new RegExp(`^(${NAME})[-.]`, "u");

/** Whether a text is a market's name in the form that the exchange uses. */
export function isSymbol(text: string): boolean {
  return SYMBOL.test(text);
}

/** The market's name at the start of a file's name; undefined when it does not start with one. */
export function symbolPrefix(fileName: string): string | undefined {
  return FILE_NAME.exec(fileName)?.[1];
}
