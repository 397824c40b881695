import { expect, it } from 'vitest';
import { providerEntriesOf, type ProviderKind } from './platform-in-objects.ts';

it('the entries of a kind are what was read of it, and none where nothing was', () => {
  const resource = { group: 'example.com', version: 'v1', plural: 'machines', kind: 'Machine' };
  const kind: ProviderKind = { resource, read: () => ({ ok: false, problems: [] }) };
  const machines = [{ name: 'one' }];
  expect(providerEntriesOf({ Machine: machines, Other: [{ name: 'two' }] }, kind)).toBe(machines);
  expect(providerEntriesOf({ Other: [{ name: 'two' }] }, kind)).toEqual([]);
});
