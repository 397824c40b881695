import { describe, expect, it } from 'vitest';
import type { ProviderDescription } from '../provider-contract/contract.ts';
import type { PlatformInObjects, ProviderEntry, ProviderKind } from '../provider-contract/platform-in-objects.ts';
import { asRecord } from '../snapshot/object-reader.ts';
import { PlatformReading } from './platform-reading.ts';

const problem = {
  code: 'InvalidObject',
  severity: 'error',
  object: { kind: 'Machine', name: 'bad' },
  message: 'x',
} as const;

/** Machines of one namespace; one that is called `bad` cannot be read. */
const machines: ProviderKind = {
  resource: { group: 'example.com', version: 'v1', plural: 'machines', kind: 'Machine' },
  namespace: { of: 'operator' },
  read: (object) => {
    const { name } = asRecord(asRecord(object)['metadata']);
    return name === 'bad'
      ? { ok: false, problems: [problem] }
      : { ok: true, value: { name: String(name) }, problems: [] };
  },
};

/** Each machine is a node without interfaces. */
const fromObjects: PlatformInObjects = {
  kinds: [machines],
  observe: (entries, { cidrs }) => ({
    nodes: (entries['Machine'] ?? []).map(({ name }: ProviderEntry) => ({ node: name, interfaces: [], limits: {} })),
    cidrs: cidrs.map((cidr) => ({ cidr, inUse: [], reserved: [] })),
  }),
};

const description: ProviderDescription = {
  specificationVersion: 'v1',
  name: 'rack',
  platforms: { types: [], providerIDPrefixes: [] },
  capabilities: { attach: true },
};

function look(
  provider: Partial<ProviderDescription>,
  names: readonly string[] = [],
  operatorNamespace = 'egress',
): ReturnType<PlatformReading['result']> {
  const reading = new PlatformReading({ ...description, ...provider }, operatorNamespace);
  for (const name of names) {
    reading.take('Machine', { metadata: { namespace: 'egress', name } });
    reading.take('Machine', { metadata: { namespace: 'other', name: `${name}-elsewhere` } });
    reading.take('Node', { metadata: { namespace: 'egress', name } });
  }
  return reading.result({ nodes: [], cidrs: ['10.0.0.0/24'] });
}

describe('a platform that stands in objects', () => {
  it('is seen in those of its kinds and namespace, and what cannot be read of them is told', () => {
    const { provider, problems } = look({ fromObjects }, ['m1', 'bad', 'm2']);
    expect(provider.observation?.nodes.map(({ node }) => node)).toEqual(['m1', 'm2']);
    expect(provider.observation?.cidrs.map(({ cidr }) => cidr)).toEqual(['10.0.0.0/24']);
    expect(problems).toEqual([problem]);
  });

  it('is not seen where there is none of its objects, or none in its namespace', () => {
    for (const { provider, problems } of [
      look({ fromObjects }),
      look({ fromObjects }, ['m1'], 'nowhere'),
      look({}, ['m1']),
    ]) {
      expect(provider).not.toHaveProperty('observation');
      expect(problems).toEqual([]);
    }
  });
});

it('a snapshot says of a provider what it is, and waits for nothing that nobody will tell', () => {
  const keptInSubnets = { first: 4, last: 1 };
  expect(look({ keptInSubnets }).provider).toEqual({
    ...{ name: 'rack', attach: true, cloud: true, observationRequired: false, keptInSubnets },
  });
  const cloudOf = (more: Partial<ProviderDescription>): boolean => look(more).provider.cloud;
  expect([
    cloudOf({ capabilities: { attach: false } }),
    cloudOf({ capabilities: { attach: false }, isCloud: true }),
    cloudOf({ attachesTo: 'kernel' }),
  ]).toEqual([false, true, false]);
});
