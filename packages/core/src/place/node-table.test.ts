import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { ProviderSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';

const announced = JSON.stringify([{ interface: 'i', ifaddr: { ipv4: '10.7.0.16/28' }, capacity: { ip: 9 } }]);
const announcing = { annotations: { [egressIPConfigAnnotation]: announced } };

describe.each([
  ['this project attaches', true],
  ['somebody else attaches, or nobody', false],
])('an announced interface of which nobody tells more, where %s', (_, attach) => {
  it('hosts what its subnet has, but what the cloud keeps in that', () => {
    const provider = { name: 'cloud', attach, cloud: true, keptInSubnets: { first: 4, last: 1 } };
    expect(given(provider, ['one'])).toEqual({ one: ['10.7.0.20'] });
  });

  it('hosts nothing else that somebody asks for', () => {
    const provider = { name: 'cloud', attach, cloud: true };
    expect(given(provider, ['asks'])).toEqual({});
  });
});

it('keeps back what the cloud keeps in an announced subnet also where a look at the nodes says otherwise', () => {
  const provider = {
    name: 'cloud',
    attach: true,
    cloud: true,
    keptInSubnets: { first: 4, last: 1 },
    observation: {
      nodes: [
        {
          node: 'node-1',
          interfaces: [{ id: 'i', main: true, subnets: ['10.7.0.0/24'], addresses: [] }],
          limits: {},
        },
      ],
      cidrs: [],
    },
  };
  const namespaces = Array.from({ length: 14 }, (_, index) => `n${String(index).padStart(2, '0')}`);
  const addresses = Object.values(given(provider, namespaces)).flat();
  expect(addresses).toContain('10.7.0.15');
  expect(addresses).toContain('10.7.0.20');
  for (const kept of ['10.7.0.16', '10.7.0.17', '10.7.0.18', '10.7.0.19']) expect(addresses).not.toContain(kept);
});

function given(
  provider: Omit<ProviderSnapshot, 'observationRequired'>,
  names: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const { allocations } = plan(
    aSnapshot({
      provider: { observationRequired: false, ...provider },
      egressIPAMs: [anEgressIPAM(['10.7.0.0/24=a'])],
      nodes: [aNode('node-1', 'a', announcing)],
      namespaces: names.map((name, age) => aNamespace(name, age, name === 'asks' ? { egressIPs: '10.7.0.9' } : {})),
    }),
  );
  return Object.fromEntries(allocations.map(({ namespace, addresses }) => [namespace, addresses]));
}
