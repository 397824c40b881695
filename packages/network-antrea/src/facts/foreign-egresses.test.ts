import { expect, it } from 'vitest';
import { createForeignReader } from './foreign-egresses.ts';
import { parseEgress } from './parse-egress.ts';

it('looks at what others select when that changes, and not each time that something else does', () => {
  let looks = 0;
  const namespaceSelector = {
    get matchLabels() {
      looks += 1;
      return { team: 'red', tier: 'web' };
    },
  };
  const egress = (name: string) =>
    parseEgress({ name, namespaceSelector, egressIP: '10.0.0.1', externalIPPool: '', egressNode: '', statusIP: '' });
  const read = createForeignReader();
  const theirs = egress('theirs');
  expect(read([theirs], () => undefined)('shop')).toBeUndefined();
  const before = looks;
  expect(read([theirs], () => undefined)('shop')).toBeUndefined();
  expect(looks).toBe(before);
  const labels = { team: 'red', tier: 'web' };
  const claimant = { listed: [], labels, destinations: undefined };
  expect(read([egress('theirs-too')], () => claimant)('shop')).toMatchObject({ code: 'ForeignEgress' });
});
