import process from "node:process";

/** Log levels, least severe first. */
const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** Severity of a log entry. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Details of a log entry, by name. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes log entries to stderr: readable lines on a terminal, else one JSON object a line. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Receives formatted lines; tests replace stderr with it. */
export type LogSink = (line: string) => void;

const COLOURS: Record<LogLevel, string> = {
  DEBUG: "\x1b[2m",
  INFO: "\x1b[36m",
  WARNING: "\x1b[33m",
  ERROR: "\x1b[31m",
};

function formatForTerminal(level: LogLevel, message: string, fields: LogFields): string {
  const time = new Date().toISOString().slice(11, 19);
  const details = Object.entries(fields).map(([name, value]) => ` \x1b[2m${name}=\x1b[0m${value}`);
  return `\x1b[2m${time}\x1b[0m ${COLOURS[level]}${level.padEnd(7)}\x1b[0m ${message}${
    details.join("")
  }`;
}

function formatAsJson(level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message, ...fields });
}

/**
 * Creates a log.
 *
 * @param threshold Entries below this level are dropped.
 * @param sink Receives the lines; stderr by default.
 */
export function createLog(threshold: LogLevel, sink?: LogSink): Log {
  const format = sink === undefined && process.stderr.isTTY ? formatForTerminal : formatAsJson;
  const write = sink ?? ((line: string) => void process.stderr.write(line + "\n"));
  const at = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold)) {
      write(format(level, message, fields));
    }
  };
  return { debug: at("DEBUG"), info: at("INFO"), warning: at("WARNING"), error: at("ERROR") };
}
