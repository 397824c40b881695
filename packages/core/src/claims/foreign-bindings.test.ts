import { expect, it } from 'vitest';
import type { BindingFacts, NetworkFacts } from '../network-contract/facts.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import type { Claim } from './claim.ts';
import { foreignBindings } from './foreign-bindings.ts';

const binding = (namespace: string): BindingFacts => ({
  namespace,
  object: { kind: 'Binding', name: namespace },
  ours: true,
  addresses: [],
  unconfirmed: [],
});

it.each([
  ['in the order of claims', ['a', 'b', 'c', 'd']],
  ['in any order', ['d', 'a', 'c', 'b']],
])('are found %s', (_how, names) => {
  const bindings = names.map(binding);
  const bound = (name: string): Claim => ({ binding: bindings.find(({ namespace }) => namespace === name) }) as Claim;
  const claims = [bound('b'), bound('not bound'), bound('d')];
  const foreign = foreignBindings(claims, 2, { bindings: new NamespaceIndex(bindings) } as unknown as NetworkFacts);
  expect(foreign.map(({ namespace }) => namespace).sort()).toEqual(['a', 'c']);
});
