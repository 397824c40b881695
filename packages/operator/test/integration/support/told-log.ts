import { afterEach } from 'vitest';
import { createLog, type Log } from '../../../src/log/log.ts';

/** Lines told with a test that fails. */
const longest = 40;
const last: string[] = [];

// Imported by suites while they are collected: it holds for every test of theirs.
afterEach(({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(`The operator's last lines before:\n${last.join('\n')}\n`);
});

/** The log of an operator in this process, kept in `logged`; its last lines are told with a test that fails. */
export function toldLog(logged: string[], format: 'json' | 'text' = 'text'): Log {
  const write = (line: string): void => {
    logged.push(line);
    last.push(line);
    if (last.length > longest) last.shift();
  };
  return createLog(write, { format, level: 'info', now: () => Date.now() });
}
