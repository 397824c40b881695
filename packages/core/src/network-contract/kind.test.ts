import { expect, it } from 'vitest';
import type { NetworkEntry } from '../snapshot/snapshot.ts';
import { entriesOf, withEntries, type NetworkKind } from './kind.ts';

interface Policy extends NetworkEntry {
  readonly size: number;
}

const kind: NetworkKind<Policy> = {
  resource: { group: 'acme.example', version: 'v1', plural: 'policies', kind: 'Policy' },
  verbs: ['list', 'watch'],
  read: () => ({ ok: false, problems: [] }),
};

it('entries stand under the name of their kind, and others are left alone', () => {
  const objects = { Policy: [{ name: 'a', size: 1 }], Other: [{ name: 'b' }] };
  expect(entriesOf(objects, kind)).toBe(objects.Policy);
  const entries = [{ name: 'c', size: 2 }];
  expect(withEntries(objects, kind, entries)).toEqual({ Policy: entries, Other: [{ name: 'b' }] });
  expect(objects.Policy).toEqual([{ name: 'a', size: 1 }]);
  expect(entriesOf({}, kind)).toEqual([]);
});
