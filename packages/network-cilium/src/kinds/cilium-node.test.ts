import { expect, it } from 'vitest';
import { ciliumNodeKind } from './cilium-node.ts';

it('is read as far as any node goes, and what is left out is said', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`);
  const read = ciliumNodeKind.read({
    metadata: { name: 'node' },
    spec: {
      addresses: [{ ip: 'x'.repeat(1_000_000) }, ...many.map((ip) => ({ ip }))],
      ipam: { podCIDRs: many.map((address) => `${address}/32`) },
    },
  });
  expect(read).toMatchObject({ ok: true, value: { name: 'node' } });
  expect(JSON.stringify(read).length).toBeLessThan(40_000);
  expect(read.problems.map(({ field }) => field)).toEqual(['spec.ipam', 'spec.addresses']);
});
