/** Writes what happens, for people or for programs. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const levels = ['debug', 'info', 'warn', 'error'];

/** A log that writes lines: plain text, or one JSON object each. */
export function createLog(write: (line: string) => void, format: 'text' | 'json', level: string, now: () => number): Log {
  const least = Math.max(0, levels.indexOf(level));
  const log = (name: string) => (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (levels.indexOf(name) < least) return;
    const time = new Date(now()).toISOString();
    if (format === 'json') write(`${JSON.stringify({ time, level: name, message, ...fields })}\n`);
    else write(`${time} ${name.toUpperCase().padEnd(5)} ${message}${Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('')}\n`);
  };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}
