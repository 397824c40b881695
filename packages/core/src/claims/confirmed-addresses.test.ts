import { describe, expect, it } from 'vitest';
import { formatAddress, type Address } from '../address/address.ts';
import type { BindingFacts, HostFacts } from '../network-contract/facts.ts';
import { parseNamespace } from '../parse/parse-namespace.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import { aNamespace, aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { ConfirmedAddresses } from './confirmed-addresses.ts';

const of = (...texts: readonly string[]): readonly Address[] => parseAddresses(texts);

const bound = (addresses: readonly string[], more: Partial<BindingFacts> = {}): BindingFacts => ({
  ...{ namespace: 'shop', object: { kind: 'Binding', name: 'shop' }, ours: true },
  ...{ addresses: of(...addresses), unconfirmed: [], ...more },
});

/** Our record on a node. */
const recordedFor = (namespace: string, ...texts: readonly string[]): HostFacts => ({
  object: { kind: 'Host', name: 'n1' },
  hosted: of(...texts).map((address) => ({ address, node: 'n1', ours: true, namespace, state: 'shown' as const })),
});

function confirmed(
  namespace: Parameters<typeof aNamespace>[2],
  binding?: BindingFacts,
  { hosts = [], provesAllocations = true }: { hosts?: readonly HostFacts[]; provesAllocations?: boolean } = {},
): readonly string[] {
  const { ledger, hosted, traits } = groundwork(
    { nodes: [aNode('n1')], egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])] },
    { hosts },
    { provesAllocations },
  );
  const parsed = parseNamespace(aNamespace('shop', 0, namespace));
  return [...new ConfirmedAddresses(ledger, hosted, traits).of(parsed, binding)].map(formatAddress);
}

describe('law 11: what a tenant can write is never proof', () => {
  const written = { egressIPs: '10.0.0.1,10.0.0.2', allocated: 'pool/10.0.0.1,10.0.0.2' };

  it('so that annotations confirm nothing where the network has objects, and all of it where it has none', () => {
    expect(confirmed(written)).toEqual([]);
    expect(confirmed(written, undefined, { provesAllocations: false })).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(confirmed({ egressIPs: '10.0.0.1' }, undefined, { provesAllocations: false })).toEqual([]);
  });

  it('and an address counts by its binding, by our record on a node for the namespace, or by a write under way', () => {
    expect(confirmed(written, bound(['10.0.0.2']))).toEqual(['10.0.0.2']);
    expect(confirmed(written, undefined, { hosts: [recordedFor('shop', '10.0.0.1')] })).toEqual(['10.0.0.1']);
    expect(confirmed(written, undefined, { hosts: [recordedFor('other', '10.0.0.1')] })).toEqual([]);
    expect(confirmed({ unconfirmed: ['10.0.0.9'] })).toEqual(['10.0.0.9']);
  });

  it('in the order of the annotation, then of the network, each once', () => {
    expect(confirmed(written, bound(['10.0.0.5', '10.0.0.2', '10.0.0.1']))).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.5',
    ]);
  });
});

describe('a binding that somebody else made', () => {
  const restored = bound(['10.0.0.1', '10.0.0.2'], { madeByOthers: true });
  /** 10.0.0.2 is in use, and on the interface of a node. */
  const doubtful = (
    binding: BindingFacts,
    host?: HostFacts,
    carrier = 'n1',
  ): ReturnType<ConfirmedAddresses['provenBy']> => {
    const nodes = ['n1', 'n2'].map((node) => ({
      ...{ node, limits: {} },
      interfaces: [
        {
          ...{ id: node, main: true, subnets: ['10.0.0.0/24'] },
          addresses: node === carrier ? [{ address: '10.0.0.2', primary: false }] : [],
        },
      ],
    }));
    const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: false };
    const { ledger, hosted, traits } = groundwork(
      {
        provider: { ...provider, observation: { nodes, cidrs: [] } },
        nodes: [aNode('n1'), aNode('n2')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
      },
      { hosts: host === undefined ? [] : [host] },
    );
    for (const address of of('10.0.0.2')) ledger.take(address);
    const addresses = new ConfirmedAddresses(ledger, hosted, traits);
    const proven = addresses.provenBy(binding);
    expect(addresses.isProof(binding)).toBe(proven === binding);
    const all = addresses.of(parseNamespace(aNamespace('shop')), binding);
    expect([...all]).toEqual(proven?.addresses);
    return proven;
  };

  it('proves nothing of an address that something else uses and that is on no interface for it', () => {
    const proven = { ...restored, addresses: of('10.0.0.1') };
    expect(doubtful(restored, undefined, 'none')).toEqual(proven);
    expect(doubtful(restored, recordedFor('shop', '10.0.0.2'), 'n2')).toEqual(proven);
  });

  it('proves it where the interface of the node that hosts it has it', () => {
    expect(doubtful(restored, recordedFor('shop', '10.0.0.2'))).toBe(restored);
  });

  it('is the only one that is doubted', () => {
    const ours = bound(['10.0.0.1', '10.0.0.2']);
    expect(doubtful(ours)).toBe(ours);
  });
});
