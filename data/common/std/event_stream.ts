// @ts-types="./event_stream.d.ts"
export * from "deno-std/http/server_sent_event_parse_stream.js";
