/**
 * A worker's end of the channel to the thread that started it. The server's library types describe
 * the main thread, so a worker declares `self` with this type.
 */
export interface WorkerChannel<Request, Reply> {
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
  postMessage(reply: Reply): void;
}
