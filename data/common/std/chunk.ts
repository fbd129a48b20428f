// @ts-types="./chunk.d.ts"
export * from "deno-std/collections/chunk.js";
