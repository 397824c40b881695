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

const levels = ['debug', 'info', 'warn', 'error'] as const;

type Level = (typeof levels)[number];

/** A log that writes lines: plain text, or one JSON object each. */
export function createLog(write: (line: string) => void, { format, level, now }: LogOptions): Log {
  const least = levels.indexOf(level as Level);
  const log =
    (name: Level) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (levels.indexOf(name) < least) return;
      const line = asJson({ level: name, time: new Date(now()).toISOString(), ...fields, message });
      // Both forms write texts as JSON does, to which the escapes of what JSON leaves as it is are added.
      write(printableLines(format === 'json' ? `${line}\n` : asText(line)));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** What cannot be written as JSON is written as its text: a line is never lost, nor does it end what it tells of. */
function asJson(fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])));
  }
}

function asText(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as { time: string; level: string; message: string };
  return `${time} ${level.toUpperCase().padEnd(5)} ${printable(message)}${Object.entries(fields)
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join('')}\n`;
}
