/** Where a trade id stands in its symbol's sequence. */
export type Place =
  /** The first id seen: nothing is known of those before it. */
  | { readonly kind: "first" }
  /** The one right after the last. */
  | { readonly kind: "next" }
  /** An id seen before. */
  | { readonly kind: "duplicate" }
  /** An id further on; `missing` ids lie between. */
  | { readonly kind: "gap"; readonly missing: number };

const FIRST: Place = { kind: "first" };
const NEXT: Place = { kind: "next" };
const DUPLICATE: Place = { kind: "duplicate" };

/**
 * Proves that a symbol's trades are complete. The exchange numbers aggregate trades per symbol
 * without holes, so an id that is not the successor of the last tells how many are missing.
 */
export class Sequencer {
  #last: number | undefined;

  /** Places an id and remembers it as the last seen unless it is a duplicate. */
  place(id: number): Place {
    const last = this.#last;
    if (last !== undefined && id <= last) return DUPLICATE;
    this.#last = id;
    if (last === undefined) return FIRST;
    if (id === last + 1) return NEXT;
    return { kind: "gap", missing: id - last - 1 };
  }
}
