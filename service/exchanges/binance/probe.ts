import { WebSocket } from "ws";
import { RestClient } from "./rest.ts";
import { errorMessage } from "../../../data/common/errors.ts";

/**
 * Finds out whether an exchange can be reached, over REST and over WebSocket.
 *
 * @returns Why not, for people; undefined when it can.
 */
export async function probeExchange(
  wsUrl: string,
  restUrl: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await Promise.all([new RestClient(restUrl, signal).time(), probeWebSocket(wsUrl, timeoutMs)]);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

function probeWebSocket(url: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/ws/btcusdt@aggTrade`, { handshakeTimeout: timeoutMs });
    socket.on("open", () => {
      resolve();
      socket.terminate();
    });
    socket.on("error", (error) => reject(new Error(`no connection to ${url}: ${error.message}`)));
  });
}
