import type { Status } from "../../../data/schema/status.ts";
import type { Link } from "../client/feed.ts";
import { formatSecond, type Zone, zoneName } from "../format/time.ts";

/** Content of the alarm strip. */
export interface Alarm {
  /** `live`: no problem; `wait`: connecting; `simulated`: amber; `down`: red. */
  readonly tone: "live" | "wait" | "simulated" | "down";
  readonly title: string;
  readonly message: string;
}

/** The most important fact about the page's data now. */
export function alarmOf(link: Link, status: Status | null, zone: Zone): Alarm {
  if (link.state === "lost") {
    const since = `${formatSecond(link.since, zone)} ${zoneName(link.since, zone)}`;
    return {
      tone: "down",
      title: "No connection to MicroStream",
      message: `No updates since ${since}. Reconnecting. Check that the service is running.`,
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
  const delayed = status.symbols.find(({ problem }) => problem !== null);
  if (delayed !== undefined) {
    return {
      tone: "down",
      title: simulated ? "Simulated data, bars delayed" : "Bars delayed",
      message: `${delayed.symbol}: ${delayed.problem}`,
    };
  }
  if (simulated) {
    return { tone: "simulated", title: "SIMULATED DATA, not a real market", message };
  }
  return connection === "live"
    ? { tone: "live", title: "Live market data", message }
    : { tone: "wait", title: "Connecting to the exchange", message };
}
