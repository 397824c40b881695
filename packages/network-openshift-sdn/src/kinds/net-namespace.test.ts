import { expect, it } from 'vitest';
import { netNamespaceKind } from './net-namespace.ts';

it.each([-1, 1e308, 0.5, 2 ** 24])('a NETID of %d is said, and is that of nobody', (netid) => {
  const read = netNamespaceKind.read({ metadata: { name: 'shop' }, netid, egressIPs: [] });
  expect(read).toMatchObject({ ok: true, value: { name: 'shop' }, problems: [{ field: 'netid' }] });
  expect(read.ok && 'netid' in read.value).toBe(false);
});
