import { expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { parseNamespace } from '../parse/parse-namespace.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { compareByAge, poolFor, type Claim } from './claim.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

it('an address of a claim that switched is for the nodes of the EgressIPAM whose CIDRs have it, else of the old one', () => {
  const { pools } = groundwork({
    nodes: [aNode('n1')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=a'], { name: 'before' })],
  });
  const [pool, from] = [pools.named('pool'), pools.named('before')];
  const nameFor = (claim: Pick<Claim, 'pool' | 'from'>, address: string): string | undefined =>
    poolFor(claim as Claim, at(address))?.name;
  expect(nameFor({ pool, from }, '10.0.0.1')).toBe('pool');
  expect(nameFor({ pool, from }, '10.1.0.1')).toBe('before');
  expect(nameFor({ pool, from: undefined }, '10.1.0.1')).toBe('pool');
  expect(nameFor({ pool: undefined, from }, '10.0.0.1')).toBe('before');
});

it('claims are in the order of the age of their namespaces, then of names; what has no age is the newest', () => {
  const claims = [
    aNamespace('b', 1),
    aNamespace('a', 1),
    aNamespace('newest', 0, { createdAt: 'unknown' }),
    aNamespace('z', 0),
  ].map((source) => ({ namespace: parseNamespace(source) }) as Claim);
  expect(claims.sort(compareByAge).map(({ namespace }) => namespace.name)).toEqual(['z', 'a', 'b', 'newest']);
  expect(claims.every((claim) => compareByAge(claim, claim) === 0)).toBe(true);
});
