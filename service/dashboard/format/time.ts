import { MINUTE_MS } from "../../../data/schema/time.ts";

/** The time zone of displayed times. */
export type Zone = "utc" | "local";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Offset of the zone's wall clock from UTC at `timestamp`, ms. */
export function zoneOffset(timestamp: number, zone: Zone): number {
  return zone === "utc" ? 0 : -new Date(timestamp).getTimezoneOffset() * MINUTE_MS;
}

function wallClock(timestamp: number, zone: Zone): Date {
  return new Date(timestamp + zoneOffset(timestamp, zone));
}

/** Hours and minutes: `14:03`. */
export function formatMinute(timestamp: number, zone: Zone): string {
  return wallClock(timestamp, zone).toISOString().slice(11, 16);
}

/** Hours, minutes and seconds: `14:03:21`. */
export function formatSecond(timestamp: number, zone: Zone): string {
  return wallClock(timestamp, zone).toISOString().slice(11, 19);
}

/** Day and month: `9 Aug`. */
export function formatDay(timestamp: number, zone: Zone): string {
  const date = wallClock(timestamp, zone);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
}

/** Day, month and year: `9 Aug 2024`. */
export function formatDate(timestamp: number, zone: Zone): string {
  return `${formatDay(timestamp, zone)} ${wallClock(timestamp, zone).getUTCFullYear()}`;
}

/** The zone's name: `UTC`, or `UTC+2` for local time. */
export function zoneName(timestamp: number, zone: Zone): string {
  const minutes = zoneOffset(timestamp, zone) / MINUTE_MS;
  if (minutes === 0) return "UTC";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "−" : "+";
  return `UTC${sign}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** Month and year, UTC: `Aug 2025`. */
export function formatMonth(timestamp: number): string {
  const date = new Date(timestamp);
  return `${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
}
