/** A map of bounded size that evicts the least recently used entry. */
export class LruCache<K, V> {
  readonly #capacity: number;
  readonly #entries = new Map<K, V>();

  /** @param capacity The most entries, at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of a key, created when it is missing. */
  get(key: K, make: () => V): V {
    const known = this.#entries.get(key);
    const value = known ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return value;
  }
}
