import { describe, expect, it } from 'vitest';
import { plain } from '../plain/plain-network.ts';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { ClusterSnapshot, NodeSnapshot } from '../snapshot/snapshot.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { plan } from './planner.ts';

/** What is said of EgressIPAMs: code, severity, name and field. */
function findingsOf(
  parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>,
  traits: Partial<NetworkTraits> = {},
): readonly { readonly what: string; readonly message: string }[] {
  const backend = {
    ...plain,
    traits: (...given: Parameters<typeof plain.traits>) => ({ ...plain.traits(...given), ...traits }),
  };
  const { findings } = plan(aSnapshot({ nodes: [aNode('n1')], ...parts }, backend), backend);
  return findings.flatMap(({ code, severity, object: { kind, name }, field, message }) =>
    kind === 'EgressIPAM' ? [{ what: [code, severity, name, field].filter(Boolean).join(' '), message }] : [],
  );
}
const saidOf = (...given: Parameters<typeof findingsOf>): readonly string[] =>
  findingsOf(...given).map(({ what }) => what);

/** A node that announces the subnet of its interface. */
const inSubnet = (name: string, ipv4: string): NodeSnapshot =>
  aNode(name, 'a', {
    annotations: {
      [egressIPConfigAnnotation]: JSON.stringify([{ interface: 'i', ifaddr: { ipv4 }, capacity: { ipv4: 9 } }]),
    },
  });

describe('CIDRs that overlap', () => {
  it('are said of the younger EgressIPAM, or of the later entry', () => {
    const older = anEgressIPAM(['10.0.0.0/25=a'], { name: 'z-older', createdAt: '2025-01-01T00:00:00Z' });
    const pool = anEgressIPAM(['10.9.0.0/24=a', '10.9.0.0/25=a', '10.0.0.0/24=a'], {
      nodeSelector: { matchLabels: {} },
    });
    const said = findingsOf({ egressIPAMs: [pool, older], nodes: [aNode('n1')] });
    expect(said.flatMap(({ what }) => (what.startsWith('OverlappingCIDR') ? [what] : []))).toEqual([
      'OverlappingCIDR warning pool spec.cidrAssignments[1].CIDR',
      'OverlappingCIDR warning pool spec.cidrAssignments[2].CIDR',
    ]);
    expect(said.find(({ what }) => what.includes('[2].CIDR'))?.message).toContain('10.0.0.0/25 of EgressIPAM z-older');
    expect(saidOf({ egressIPAMs: [anEgressIPAM(['10.0.0.0/25=a', '10.0.0.128/25=a'])] })).toEqual([]);
  });
});

describe('a CIDR that nodes cannot carry', () => {
  it('is one of a family that the network does not carry, or without nodes; one that is about to go is let be', () => {
    const pool = anEgressIPAM(['10.0.0.0/24=a', 'fd00::/64=a', '10.1.0.0/24=b']);
    expect(saidOf({ egressIPAMs: [pool] }, { families: [4] })).toEqual([
      'CIDRNotHostable warning pool spec.cidrAssignments[1]',
      'NoNodes warning pool spec.cidrAssignments[2]',
    ]);
    expect(saidOf({ egressIPAMs: [{ ...pool, deletedAt: '2026-02-01T00:00:00Z' }] }, { families: [4] })).toEqual([]);
  });

  it('lies in no subnet of theirs, or in part; who tells nothing may carry all', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=a'])];
    const said = findingsOf({ egressIPAMs, nodes: [inSubnet('n1', '10.0.0.0/26'), inSubnet('n2', '10.0.0.32/27')] });
    expect(said.map(({ what }) => what)).toEqual([
      'CIDRPartlyHostable info pool spec.cidrAssignments[0]',
      'CIDRNotHostable warning pool spec.cidrAssignments[1]',
    ]);
    expect(said[0]?.message).toMatch(/^64 of the 256 addresses of 10\.0\.0\.0\/24 /);
    expect(saidOf({ egressIPAMs, nodes: [inSubnet('n1', '10.0.0.0/8')] })).toEqual([]);
    expect(saidOf({ egressIPAMs, nodes: [inSubnet('n1', '10.0.0.0/26'), aNode('n2')] })).toEqual([]);
    expect(saidOf({ egressIPAMs, nodes: [{ ...inSubnet('n1', '10.0.0.0/26'), ready: false }] })).toEqual([]);
  });
});

it('destinations that the network cannot tell apart are said, field by field', () => {
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a'], { destinationCIDRs: ['198.51.100.0/24'], excludedCIDRs: [] })];
  const { choosesDestinations: _none, ...traits } = plain.traits({}, { isCloud: false, attaches: false });
  const backend = { ...plain, traits: () => traits };
  const fields = plan(aSnapshot({ egressIPAMs, nodes: [aNode('n1')] }), backend).findings.map(({ code, field }) => [
    code,
    field,
  ]);
  expect(fields).toEqual([['DestinationsNotSupported', 'spec.destinationCIDRs']]);
  expect(saidOf({ egressIPAMs })).toEqual([]);
});

describe('namespaces that wait', () => {
  const waiting = (count: number, CIDR: string): readonly string[] =>
    findingsOf({
      egressIPAMs: [anEgressIPAM([`${CIDR}=a`])],
      namespaces: Array.from({ length: count }, (_, age) => aNamespace(`n${age}`, age)),
    }).map(({ what, message }) => `${what}: ${message}`);

  it('for addresses are counted, once for each EgressIPAM', () => {
    expect(waiting(2, '10.0.0.0/30')).toEqual([]);
    expect(waiting(3, '10.0.0.0/30')).toEqual([
      'AddressesExhausted error pool: 1 namespace waits for an address; add or enlarge a CIDR, or release addresses',
    ]);
    expect(waiting(5, '10.0.0.0/30')[0]).toMatch(/: 3 namespaces wait for an address;/);
  });

  it('for room on nodes are told to add some', () => {
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a', '10.1.0.0/24=a'])];
    expect(findingsOf({ egressIPAMs, namespaces: [aNamespace('shop')] })).toEqual([
      { what: 'CapacityExhausted error pool', message: '1 namespace waits for a node with room; add nodes' },
    ]);
  });
});
