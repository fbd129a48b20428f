/** T, with no part of it to be changed. */
export type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };
