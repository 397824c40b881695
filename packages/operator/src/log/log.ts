import { pino } from 'pino';
import { printable, printableLines } from '../output/printable.ts';

/** Writes what happens, for people or for programs. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How a log is written. */
export interface LogOptions {
  readonly format: 'text' | 'json';
  /** The least that is written. */
  readonly level: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A log that writes lines: plain text, or one JSON object each. */
export function createLog(write: (line: string) => void, { format, level, now }: LogOptions): Log {
  // Both forms write texts as JSON does, to which the escapes of what JSON leaves as it is are added.
  const destination = { write: (line: string): void => write(printableLines(format === 'json' ? line : asText(line))) };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const log =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      logger[name](fields, message);
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

function asText(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as { time: string; level: string; message: string };
  return `${time} ${level.toUpperCase().padEnd(5)} ${printable(message)}${Object.entries(fields)
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join('')}\n`;
}
