import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { eachLine } from './each-line.ts';

it('gives whole lines, however they come', () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const part of ['one', '\ntwo\n\nthr', 'ee', '\n', 'half']) {
    stream.write(part);
    stream.read();
  }
  expect(lines).toEqual(['one', 'two', '', 'three']);
});
