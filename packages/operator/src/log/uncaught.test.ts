import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { containUncaught, isOwn } from './uncaught.ts';

function errorAt(...frames: readonly string[]): Error {
  const error = new Error('broken');
  error.stack = ['Error: broken', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const theirs = 'file:///plugins/provider.js:1:2';
const thrower = (): never => {
  throw new Error('no');
};

describe('isOwn', () => {
  it.each([
    [['work (file:///app/dist/chunk.js:1:2)'], true],
    [['file:///app/src/run/x.ts:1:2'], true],
    [['emit (node:events:1:2)', 'work (/app/dist/chunk.js:1:2)'], true],
    [['Timeout.tick (file:///app/node_modules/@acme/provider/index.js:1:2)'], false],
    [['file:///plugins/provider.js:1:2', 'call (file:///app/dist/chunk.js:1:2)'], false],
    [['listOnTimeout (node:internal/timers:1:2)'], false],
  ])('goes by the first frame with a file: %j', (frames, own) => {
    expect(isOwn(errorAt(...frames), '/app/')).toBe(own);
  });

  it('goes by nothing that a stack only claims', () => {
    expect(isOwn(errorAt('file://elsewhere/app/x.js:1:2'), '/app/')).toBe(false);
    expect(isOwn(errorAt('file:///app/%2F.js:1:2'), '/app/')).toBe(false);
    expect(isOwn(errorAt('at /'.repeat(500_000)), '/app/')).toBe(false);
  });

  it('takes what is no error for a plug-in’s', () => {
    expect([isOwn('text'), isOwn(undefined), isOwn({ stack: 5 })]).toEqual([false, false, false]);
    expect(isOwn(new Error('of this file'))).toBe(true);
  });
});

describe('containUncaught', () => {
  function contain() {
    const lines: string[] = [];
    let ended = 0;
    let foreign = 0;
    let now = 0;
    const before = {
      uncaughtException: process.listeners('uncaughtException'),
      unhandledRejection: process.listeners('unhandledRejection'),
      exit: process.listeners('exit'),
    };
    const release = containUncaught({
      log: createLog((line) => void lines.push(line), { format: 'text', level: 'debug', now: () => 0 }),
      monotonic: () => now,
      onForeign: () => (foreign += 1),
      end: () => (ended += 1),
    });
    const listener = process.listeners('uncaughtException').find((one) => !before.uncaughtException.includes(one)) as (
      error: unknown,
    ) => void;
    const atExit = process.listeners('exit').find((one) => !before.exit.includes(one)) as (code: number) => void;
    return {
      lines,
      listener,
      atExit,
      release,
      pass: (milliseconds: number) => (now += milliseconds),
      counts: () => ({ ended, foreign }),
      before,
    };
  }

  it.each([
    ['nothing that has a text', Object.create(null) as unknown],
    ['an error without a readable stack', Object.defineProperty(new Error('x'), 'stack', { get: thrower })],
    ['an error without a readable message', Object.defineProperty(errorAt(theirs), 'message', { get: thrower })],
    [
      'an error with something else for a message',
      Object.assign(errorAt(theirs), { message: Object.create(null) as unknown }),
    ],
    ['what does not tell what it is', new Proxy({}, { getPrototypeOf: thrower, get: thrower })],
    ['an error in a file elsewhere', errorAt('file://elsewhere/x.js:1:2')],
    ['an error with very much to say', Object.assign(errorAt(theirs), { message: 'x'.repeat(5_000_000) })],
  ])('takes %s for a plug-in’s, and goes on', (_what, error: unknown) => {
    const { lines, listener, release, counts } = contain();
    listener(error);
    release();
    expect(counts()).toEqual({ ended: 0, foreign: 1 });
    expect(lines.join('').length).toBeLessThan(10_000);
  });

  it('says a plug-in’s error once a minute and goes on', () => {
    const { lines, listener, release, pass, counts, before } = contain();
    for (let count = 0; count < 1_000; count++) listener(errorAt('file:///plugins/provider.js:1:2'));
    expect(counts()).toEqual({ ended: 0, foreign: 1_000 });
    expect(lines).toEqual([
      expect.stringContaining('a plug-in threw where nobody waits for it'),
      expect.stringContaining('/plugins/provider.js:1:2'),
    ]);
    pass(60_000);
    listener(errorAt('file:///plugins/provider.js:1:2'));
    expect(lines).toHaveLength(4);
    release();
    expect(process.listeners('uncaughtException')).toEqual(before.uncaughtException);
    expect(process.listeners('unhandledRejection')).toEqual(before.unhandledRejection);
  });

  it('says that a plug-in ended the process', () => {
    const { lines, atExit, release, before } = contain();
    atExit(7);
    expect(lines).toEqual([expect.stringMatching(/ended this process.*code=7/)]);
    release();
    expect(process.listeners('exit')).toEqual(before.exit);
  });

  it('ends the process for an error of its own', () => {
    const { lines, listener, atExit, release, counts } = contain();
    listener(new Error('of our own'));
    atExit(1);
    release();
    expect(lines.filter((line) => line.includes('ended this process'))).toEqual([]);
    expect(counts()).toEqual({ ended: 1, foreign: 0 });
    expect(lines[0]).toMatch(/a defect of the operator ends it.*of our own/);
  });
});
