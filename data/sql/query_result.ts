import type { DataType, Table, Vector } from "apache-arrow";
import { arrowModule } from "./duckdb.ts";

/** A value of a result: numbers, times as Date, lists as arrays, structs as objects. */
export type Value =
  | string
  | number
  | boolean
  | Date
  | null
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A row of a result, by column. */
export type Row = Readonly<Record<string, Value>>;

/** The columns of a result. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** A decimal as a number: 128 bits in words of 32, the lowest first, and a power of ten. */
function fromDecimal(words: Uint32Array, scale: number): number {
  const bits = words.reduceRight((sum, word) => sum << 32n | BigInt(word), 0n);
  return Number(BigInt.asIntN(32 * words.length, bits)) / 10 ** scale;
}

/** @throws TypeError for a type that has no counterpart. */
function toValue(value: unknown, type: DataType): Value {
  const { DataType, MapRow, StructRow, Vector } = arrowModule;
  if (value === null || value === undefined) return null;
  if (DataType.isTimestamp(type) || DataType.isDate(type)) return new Date(Number(value));
  if (DataType.isInt(type) || DataType.isFloat(type)) return Number(value);
  if (DataType.isDecimal(type) && value instanceof Uint32Array) {
    return fromDecimal(value, type.scale);
  }
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (DataType.isList(type) && value instanceof Vector) {
    return Array.from(value, (item) => toValue(item, type.children[0]?.type ?? type));
  }
  if (DataType.isStruct(type) && value instanceof StructRow) {
    const types = new Map(type.children.map((field) => [String(field.name), field.type]));
    return Object.fromEntries(
      Array.from(value, ([name, item]) => [name, toValue(item, types.get(String(name)) ?? type)]),
    );
  }
  if (DataType.isMap(type) && value instanceof MapRow) {
    return Object.fromEntries(
      Array.from(value, ([key, item]) => [key, toValue(item, type.valueType)]),
    );
  }
  throw new TypeError(`Cannot read a value of type ${type}: cast it to VARCHAR or to a number`);
}

/** A result as plain records. */
export function toRows(table: Table): Row[] {
  const columns = table.schema.fields.map(({ name, type }, i) => ({
    name,
    type,
    vector: table.getChildAt(i),
  }));
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(
      columns.map(({ name, type, vector }) => [name, toValue(vector?.get(row), type)]),
    ));
}

function toColumn(vector: Vector, name: string): Float64Array {
  const values = new Float64Array(vector.length);
  if (vector.nullCount === 0) {
    if (vector.type.typeId === arrowModule.Type.Float) {
      values.set(vector.toArray());
      return values;
    }
    if (vector.type.typeId === arrowModule.Type.Int) {
      return Float64Array.from(vector.toArray(), Number);
    }
  }
  let place = 0;
  for (const item of vector) {
    const value = toValue(item, vector.type);
    if (value === null) values[place++] = NaN;
    else if (typeof value === "number" || typeof value === "boolean" || value instanceof Date) {
      values[place++] = Number(value);
    } else {
      throw new TypeError(
        `Cannot read ${name} as a column as it must be of numbers: current type is ${vector.type}`,
      );
    }
  }
  return values;
}

/**
 * A result as columns of f64: times as ms UTC, booleans as 0 and 1, NULL as NaN.
 *
 * @throws TypeError naming a column of another type.
 */
export function toColumns(table: Table): Columns {
  return Object.fromEntries(table.schema.fields.map(({ name }, i) => {
    const vector = table.getChildAt(i);
    return [name, vector === null ? new Float64Array() : toColumn(vector, String(name))];
  }));
}
