import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../object/object.ts';
import { Store, type StoreChange } from './store.ts';

function object(resourceVersion: string, value: unknown, name = 'a'): KubernetesObject {
  return { metadata: { name, resourceVersion }, value };
}

function makeStore() {
  const changes: StoreChange<{ value: unknown }>[] = [];
  const store = new Store<{ value: unknown }>(
    ({ value }) => ({ value }),
    (change) => changes.push(change),
  );
  return { store, changes };
}

describe('Store', () => {
  it('keeps the identical slim object, and is silent, when the projection stays equal', () => {
    const { store, changes } = makeStore();
    store.upsert(object('1', { deep: [1] }));
    const before = store.get('a');
    store.upsert(object('2', { deep: [1] }));
    expect(store.get('a')).toBe(before);
    expect(store.resourceVersionOf('a')).toBe('2');
    expect(changes).toHaveLength(1);
  });

  it('takes in the answer to a write at once, and ignores the older watch event that comes after it', () => {
    const { store, changes } = makeStore();
    store.upsert(object('1', 'first'));
    store.upsertFromResponse(object('10', 'second'));
    store.upsert(object('9', 'between'));
    store.upsert(object('10', 'second'));
    expect(store.get('a')).toEqual({ value: 'second' });
    expect(changes.map(({ type }) => type)).toEqual(['added', 'updated']);
  });

  it('does not bring back an object whose deletion the watch has passed', () => {
    const { store } = makeStore();
    store.upsert(object('1', 'x'));
    store.delete(object('9', 'x'));
    store.upsertFromResponse(object('8', 'y'));
    expect(store.size).toBe(0);
    store.upsertFromResponse(object('10', 'created again'));
    expect(store.size).toBe(1);
  });

  it('ignores the deletion of an earlier object of the same name', () => {
    const { store } = makeStore();
    store.upsertFromResponse(object('10', 'new'));
    store.delete(object('9', 'old'));
    expect(store.size).toBe(1);
  });

  it('keeps through a list what was written after it', () => {
    const { store } = makeStore();
    store.upsert(object('1', 'gone', 'gone'));
    store.upsertFromResponse(object('12', 'new', 'new'));
    const list = store.replace('11', '11');
    list.add(object('5', 'listed', 'listed'));
    list.finish();
    expect([...store.entries()].map(([key]) => key)).toEqual(['new', 'listed']);
  });

  it('believes the newest state of a server that was restored from a backup', () => {
    const { store } = makeStore();
    store.upsert(object('100', 'later'));
    store.upsert(object('101', 'lost', 'lost'));
    const list = store.replace('50', '101');
    list.add(object('40', 'restored'));
    list.finish();
    expect([...store.entries()]).toEqual([['a', { value: 'restored' }]]);
    expect(store.resourceVersion).toBe('50');
  });

  it('believes the newest state also where the answer to a write, lost since, was all that was newer', () => {
    const { store } = makeStore();
    store.upsert(object('20', 'before'));
    store.upsertFromResponse(object('60', 'lost'));
    store.advance('25');
    expect(store.newest).toBe('60');
    const list = store.replace('50', store.newest);
    list.add(object('20', 'before'));
    list.finish();
    expect([...store.entries()]).toEqual([['a', { value: 'before' }]]);
    expect(store.newest).toBe('50');
  });

  it('believes a list of a server that was restored and has come past all that is held', () => {
    const { store } = makeStore();
    store.upsert(object('100', 'later'));
    store.upsertFromResponse(object('130', 'written just now', 'new'));
    const list = store.replace('120', '120');
    list.add(object('40', 'restored'));
    list.add(object('110', 'written before', 'new'));
    list.finish();
    expect([...store.entries()]).toEqual([
      ['a', { value: 'restored' }],
      ['new', { value: 'written just now' }],
    ]);
  });

  it('takes versions that are no numbers as they come', () => {
    const { store } = makeStore();
    store.upsert(object('x', 1));
    store.upsert(object('b', 2));
    store.delete(object('a', 2));
    expect(store.size).toBe(0);
  });

  it('leaves out what the projection leaves out', () => {
    const store = new Store<number>(({ value }) => (typeof value === 'number' ? value : undefined));
    store.upsert(object('1', 1));
    store.upsert(object('2', 'no number'));
    expect(store.size).toBe(0);
  });

  it('knows what cannot be projected for as long as that is there, and keeps what was known of it', () => {
    const told: boolean[] = [];
    const store = new Store<number>(
      ({ value }) => {
        if (typeof value !== 'number') throw new Error('no number');
        return value;
      },
      undefined,
      (_error, isRepeated) => told.push(isRepeated),
    );
    store.upsert(object('1', 1, 'known'));
    for (const name of ['known', 'mended', 'deleted', 'unlisted']) store.upsert(object('2', 'text', name));
    expect([[...store.unreadable.keys()], store.get('known')]).toEqual([['known', 'mended', 'deleted', 'unlisted'], 1]);
    expect(told).toEqual([false, true, true, true]);
    store.upsert(object('3', 3, 'mended'));
    store.delete(object('4', 'text', 'deleted'));
    const list = store.replace('5', '4');
    list.add(object('2', 'text', 'known'));
    list.add(object('3', 3, 'mended'));
    list.finish();
    expect([...store.unreadable.keys()]).toEqual(['known']);
  });

  it('ends at the newest version of each object in whatever order answers and events interleave', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.constantFrom('a', 'b'), deleted: fc.boolean() }), { maxLength: 20 }),
        fc.infiniteStream(fc.nat({ max: 3 })),
        (writes, early) => {
          const { store } = makeStore();
          const history = writes.map(({ name, deleted }, index) => ({ name, deleted, version: index + 1 }));
          let answered = 0;
          for (const [index, event] of history.entries()) {
            // Answers run ahead of the watch; those of deletions carry no object.
            const [lead = 0] = early.take(1);
            for (answered = Math.max(answered, index); answered < Math.min(history.length, index + lead); answered++) {
              const write = history[answered];
              if (write && !write.deleted)
                store.upsertFromResponse(object(String(write.version), write.version, write.name));
            }
            if (event.deleted) store.delete(object(String(event.version), 0, event.name));
            else store.upsert(object(String(event.version), event.version, event.name));
          }
          for (const name of ['a', 'b']) {
            const last = history.findLast((write) => write.name === name);
            expect(store.get(name)).toEqual(last && !last.deleted ? { value: last.version } : undefined);
          }
        },
      ),
    );
  });
});
