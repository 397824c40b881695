import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import { cidrContains, parseCidr, type Cidr } from '../address/cidr.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { SubnetNodes } from './subnet-nodes.ts';

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text)?.cidr;
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const subnet = fc
  .tuple(fc.nat(255), fc.integer({ min: 24, max: 32 }))
  .map(([last, prefix]) => cidr(`10.0.0.${last}/${prefix}`));

it('finds the nodes that have an address in a subnet, and those of which nothing is known', () => {
  const nodes = fc.array(fc.option(fc.array(subnet, { maxLength: 3 }), { nil: undefined }), { maxLength: 8 });
  fc.assert(
    fc.property(nodes, (subnetsOf) => {
      const indexes = [...subnetsOf.keys()] as NodeIndex[];
      const index = new SubnetNodes(indexes, (node) => subnetsOf[node]);
      for (let last = 0; last < 256; last += 1) {
        const address = parseAddress(`10.0.0.${last}`) ?? 0;
        const able = indexes.filter((node) => subnetsOf[node]?.some((own) => cidrContains(own, address)) ?? true);
        expect(index.partFor(address).candidates).toEqual(able);
      }
    }),
  );
});

it('asks each of many nodes for its subnets a few times, however many addresses there are', () => {
  const subnets = Array.from({ length: 4_000 }, (_, node) => [cidr(`10.${node >> 8}.${node & 255}.0/24`)]);
  let asked = 0;
  const index = new SubnetNodes([...subnets.keys()] as NodeIndex[], (node) => {
    asked += 1;
    return subnets[node];
  });
  for (let node = 0; node < subnets.length; node += 1)
    for (const last of [1, 2]) {
      const address = parseAddress(`10.${node >> 8}.${node & 255}.${last}`) ?? 0;
      expect(index.partFor(address).candidates).toEqual([node]);
    }
  expect(asked).toBeLessThan(5 * subnets.length);
});
