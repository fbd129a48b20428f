import { connect } from "node:net";

/** What became of a call of the own port; `unknown` when this side could not call. */
export type ProbeResult = "answered" | "dead" | "unknown";

/**
 * Calls the own port. That the connection is made says nothing, as the system makes it for a dead
 * listener too: alive is a listener that hands it over.
 */
export class ListenerProbe {
  /** Ports of the clients that were accepted during the call. */
  #accepted: Set<number> | undefined;
  #check: () => void = () => {};

  /** Tells of a connection that the listener handed over. */
  accepted(port: number | undefined): void {
    if (port !== undefined) this.#accepted?.add(port);
    this.#check();
  }

  /** @param limitMs Time in which the listener must hand the connection over, ms. */
  run(
    address: { readonly host: string; readonly port: number },
    limitMs: number,
  ): Promise<ProbeResult> {
    if (this.#accepted !== undefined) return Promise.resolve("unknown");
    const accepted = this.#accepted = new Set();
    return new Promise((resolve) => {
      const socket = connect(address);
      const end = (result: ProbeResult) => {
        clearTimeout(timer);
        this.#accepted = undefined;
        this.#check = () => {};
        socket.destroy();
        resolve(result);
      };
      this.#check = () => {
        if (socket.localPort !== undefined && accepted.has(socket.localPort)) end("answered");
      };
      const timer = setTimeout(() => end("dead"), limitMs);
      socket.on("connect", this.#check);
      socket.on("error", (error) => {
        end("code" in error && error.code === "ECONNREFUSED" ? "dead" : "unknown");
      });
    });
  }
}
