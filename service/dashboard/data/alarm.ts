import type { Status } from "../../../data/schema/status.ts";
import { formatSecond, type Zone, zoneName } from "../format/time.ts";
import type { Link } from "./feed.ts";

/** What the strip under the top bar says. */
export interface Alarm {
  /** `live`: all is well; `wait`: not yet; `simulated`: amber; `down`: red. */
  readonly tone: "live" | "wait" | "simulated" | "down";
  readonly title: string;
  readonly message: string;
}

/** The one thing that a reader of this page must know about its data now. */
export function alarmOf(link: Link, status: Status | null, zone: Zone): Alarm {
  if (link.state === "lost") {
    const since = `${formatSecond(link.since, zone)} ${zoneName(link.since, zone)}`;
    return {
      tone: "down",
      title: "No connection to MicroStream",
      message:
        `Nothing here is newer than ${since}. Reconnecting by itself; is the service running?`,
    };
  }
  if (status === null) {
    return { tone: "wait", title: "Connecting", message: "Waiting for the service…" };
  }
  const simulated = status.source === "simulator";
  const { connection, message } = status;
  if (connection === "disconnected" || connection === "silent") {
    const what = simulated ? "The simulated market" : "The exchange";
    const state = connection === "silent" ? "is silent" : "is unreachable";
    return { tone: "down", title: `${what} ${state}`, message };
  }
  const stuck = status.symbols.find(({ problem }) => problem !== null);
  if (stuck !== undefined) {
    return {
      tone: "down",
      title: simulated ? "Simulated data, and bars are held up" : "Bars are held up",
      message: `${stuck.symbol}: ${stuck.problem}`,
    };
  }
  if (simulated) {
    return { tone: "simulated", title: "SIMULATED DATA, not a real market", message };
  }
  return connection === "live"
    ? { tone: "live", title: "Live market data", message }
    : { tone: "wait", title: "Connecting to the exchange", message };
}
