import type { Readable } from 'node:stream';

/** Calls back with each whole line of a stream of text. `node:readline` does more, and takes a MiB of an agent. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}
