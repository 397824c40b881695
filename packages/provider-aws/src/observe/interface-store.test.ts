import { expect, it } from 'vitest';
import { createInterfaceStore } from './interface-store.ts';

it('an older answer never takes the place of a newer one', () => {
  const store = createInterfaceStore();
  const facts = {
    id: 'eni-1',
    subnetId: 'subnet-1',
    instanceId: undefined,
    main: false,
    addresses: [],
    prefixes: [],
    holder: 'interface eni-1',
  };
  store.set('eni-1', { facts, askedAt: 2 });
  store.set('eni-1', { facts: undefined, askedAt: 1 });
  expect(store.get('eni-1')).toEqual({ facts, askedAt: 2 });
  store.set('eni-1', { facts: undefined, askedAt: 3 });
  expect(store.get('eni-1')).toEqual({ facts: undefined, askedAt: 3 });
  store.retain(new Set());
  expect(store.get('eni-1')).toBeUndefined();
});
