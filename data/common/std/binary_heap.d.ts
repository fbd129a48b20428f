/** A priority queue: the value that sorts first comes out first. */
export class BinaryHeap<T> implements Iterable<T> {
  /** @param compare Sorts as for `Array.sort`; the greatest value comes first by default. */
  constructor(compare?: (a: T, b: T) => number);
  /** Number of values. */
  readonly length: number;
  /** The first value, which stays; undefined in an empty heap. O(1). */
  peek(): T | undefined;
  /** Removes and returns the first value; undefined in an empty heap. O(log n). */
  pop(): T | undefined;
  /** Adds values and returns the new length. O(log n) a value. */
  push(...values: T[]): number;
  clear(): void;
  isEmpty(): boolean;
  /** A copy of the values, unsorted. */
  toArray(): T[];
  /** Removes and yields the values in order. */
  drain(): IterableIterator<T>;
  /** Removes and yields the values in order. */
  [Symbol.iterator](): IterableIterator<T>;
}
