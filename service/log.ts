import process from "node:process";

/** Levels from the most to the least talkative. */
export const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** A level of the log. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Details of a log entry, by name. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes what happens to stderr: for people on a terminal, else one JSON object a line. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Takes finished lines; stderr unless a test looks on. */
export type LogSink = (line: string) => void;

const COLOURS: Record<LogLevel, string> = {
  DEBUG: "\x1b[2m",
  INFO: "\x1b[36m",
  WARNING: "\x1b[33m",
  ERROR: "\x1b[31m",
};

function forPeople(level: LogLevel, message: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 19);
  const details = Object.entries(fields).map(([name, value]) => ` \x1b[2m${name}=\x1b[0m${value}`);
  return `\x1b[2m${time}\x1b[0m ${COLOURS[level]}${level.padEnd(7)}\x1b[0m ${message}${
    details.join("")
  }`;
}

function forMachines(level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message, ...fields });
}

/**
 * Makes a log.
 *
 * @param least Entries below this level are dropped.
 * @param sink Where lines go; stderr by default.
 */
export function createLog(least: LogLevel, sink?: LogSink): Log {
  const format = sink === undefined && process.stderr.isTTY ? forPeople : forMachines;
  const write = sink ?? ((line: string) => void process.stderr.write(line + "\n"));
  const at = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least)) {
      write(format(level, message, fields));
    }
  };
  return { debug: at("DEBUG"), info: at("INFO"), warning: at("WARNING"), error: at("ERROR") };
}
