import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { WorkQueue } from './work-queue.ts';

function makeQueue() {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue<string>({ clock, base: 5, cap: 100 }) };
}

describe('WorkQueue', () => {
  it('gives out keys once each, first in, first out', async () => {
    const { queue } = makeQueue();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.length).toBe(3);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c']);
  });

  it('gives a key added during its work out again only when that work is done, behind the others', async () => {
    const { queue } = makeQueue();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(queue.length).toBe(1);
    queue.done('a');
    expect([await queue.take(), await queue.take()]).toEqual(['b', 'a']);
    expect(queue.length).toBe(0);
  });

  it('serves who waits, in order', async () => {
    const { queue } = makeQueue();
    const taken = Promise.all([queue.take(), queue.take()]);
    queue.add('a');
    queue.add('b');
    expect(await taken).toEqual(['a', 'b']);
  });

  it('doubles the delay of each failure up to the cap, for each key by itself, until it is forgotten', async () => {
    const { clock, queue } = makeQueue();
    const delays: number[] = [];
    for (let failure = 0; failure < 7; failure++) {
      const before = clock.monotonic();
      queue.addRateLimited('a');
      while (queue.length === 0) await clock.advance(1);
      delays.push(clock.monotonic() - before);
      await queue.take();
      queue.done('a');
    }
    expect(delays).toEqual([5, 10, 20, 40, 80, 100, 100]);
    expect(queue.failures('b')).toBe(0);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(5);
    expect(queue.length).toBe(1);
  });

  it('keeps the earliest of several times, and drops it when the key comes by itself', async () => {
    const { clock, queue } = makeQueue();
    queue.addAfter('a', 50);
    queue.addAfter('a', 10);
    queue.addAfter('a', 90);
    await clock.advance(10);
    expect(queue.length).toBe(1);
    await queue.take();
    queue.done('a');
    queue.addAfter('a', 50);
    queue.add('a');
    await queue.take();
    queue.done('a');
    await clock.advance(100);
    expect(queue.length).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('gives out what waits after the shutdown, takes nothing in, and ends when all is done', async () => {
    const { queue } = makeQueue();
    queue.add('a');
    await queue.take();
    queue.add('b');
    queue.addAfter('later', 5);
    let drained = false;
    const end = queue.shutDown().then(() => {
      drained = true;
    });
    queue.add('c');
    expect(await queue.take()).toBe('b');
    expect(await queue.take()).toBeUndefined();
    queue.done('a');
    await Promise.resolve();
    expect(drained).toBe(false);
    queue.done('b');
    await end;
  });

  it('never gives one key to two workers, and loses none', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ add: fc.boolean(), key: fc.constantFrom('a', 'b', 'c') }), { maxLength: 60 }), async (steps) => {
      const { queue } = makeQueue();
      const working = new Set<string>();
      const owed = new Set<string>();
      for (const { add, key } of steps) {
        if (add) {
          queue.add(key);
          owed.add(key);
        } else if (working.delete(key)) {
          queue.done(key);
        } else if (queue.length > 0) {
          const taken = (await queue.take()) ?? '';
          expect(working.has(taken)).toBe(false);
          working.add(taken);
          owed.delete(taken);
        }
      }
      for (const key of working) queue.done(key);
      while (queue.length > 0) owed.delete((await queue.take()) ?? '');
      expect([...owed]).toEqual([]);
    }));
  });
});
