import { describe, expect, it } from 'vitest';
import { reallocateEgressIps, sdnTraffic, type HostSubnet, type NetNamespace, type SdnNode } from './index.ts';

const host = (name: string, egressIPs: string[] = [], egressCIDRs: string[] = []): HostSubnet => ({
  name,
  hostIP: `172.17.0.${name.slice(4)}`,
  egressIPs,
  egressCIDRs,
});
const claim = (name: string, ...egressIPs: string[]): NetNamespace => ({ name, egressIPs });
const traffic = (hosts: HostSubnet[], claims: NetNamespace[], offline: string[] = []) =>
  Object.fromEntries(sdnTraffic(hosts, claims, new Set(offline)));

describe('sdnTraffic, by the names of the upstream tests', () => {
  it('TestEgressIP', () => {
    expect(
      traffic([host('node3', ['172.17.0.100'])], [claim('a', '172.17.0.100'), claim('b'), claim('c', '172.17.0.101')]),
    ).toMatchObject({
      a: { kind: 'active', via: [{ egressIP: '172.17.0.100', node: 'node3' }] },
      b: { kind: 'node' },
      c: { kind: 'dropped' },
    });
  });

  it('TestMultipleNamespaceEgressIPs', () => {
    const claims = [claim('a', '172.17.0.100', '172.17.0.101')];
    expect(traffic([host('node3', ['172.17.0.100']), host('node4', ['172.17.0.101'])], claims)['a']).toMatchObject({
      via: [{ node: 'node3' }, { node: 'node4' }],
    });
    expect(traffic([host('node3', ['172.17.0.100'])], claims)['a']).toMatchObject({ via: [{ node: 'node3' }] });
    expect(traffic([host('node3', ['172.17.0.100', '172.17.0.101'])], claims)['a']).toMatchObject({ kind: 'dropped' });
  });

  it('TestDuplicateNodeEgressIPs', () => {
    expect(
      traffic([host('node3', ['172.17.0.100']), host('node4', ['172.17.0.100'])], [claim('a', '172.17.0.100')])['a'],
    ).toMatchObject({ kind: 'dropped' });
  });

  it('TestDuplicateNamespaceEgressIPs: both are dropped whole', () => {
    const result = traffic(
      [host('node3', ['172.17.0.100', '172.17.0.101'])],
      [claim('a', '172.17.0.100', '172.17.0.101'), claim('b', '172.17.0.100')],
    );
    expect(result).toMatchObject({ a: { kind: 'dropped' }, b: { kind: 'dropped' } });
  });

  it('TestOfflineEgressIPs', () => {
    const hosts = [host('node3', ['172.17.0.100']), host('node4', ['172.17.0.101'])];
    const claims = [claim('a', '172.17.0.100', '172.17.0.101')];
    expect(traffic(hosts, claims, ['node3'])['a']).toMatchObject({ via: [{ node: 'node4' }] });
    expect(traffic(hosts, claims, ['node3', 'node4'])['a']).toMatchObject({ kind: 'dropped' });
  });

  it('TestNodeIPAsEgressIP', () => {
    expect(traffic([host('node3', ['172.17.0.4']), host('node4')], [claim('a', '172.17.0.4')])['a']).toMatchObject({
      kind: 'dropped',
    });
  });
});

const auto = (name: string, egressCIDRs: string[], more: Partial<SdnNode> = {}): SdnNode => ({
  ...host(name, [], egressCIDRs),
  online: true,
  ...more,
});
const place = (nodes: SdnNode[], claims: NetNamespace[]) => Object.fromEntries(reallocateEgressIps(nodes, claims));

describe('reallocateEgressIps, by the names of the upstream tests', () => {
  it('TestEgressCIDRAllocation', () => {
    const cidrs3 = ['172.17.0.100/32', '172.17.0.101/32', '172.17.0.102/32', '172.17.0.103/32', '172.17.1.0/24'];
    const result = place(
      [auto('node3', cidrs3), auto('node4', ['172.17.0.0/24'])],
      [claim('a', '172.17.0.100'), claim('b', '172.17.0.101'), claim('c', '172.17.1.5'), claim('d', '172.17.0.200')],
    );
    expect(result['node3']).toHaveLength(2);
    expect(result['node4']).toHaveLength(2);
    expect(result['node3']).toContain('172.17.1.5');
    expect(result['node4']).toContain('172.17.0.200');
  });

  it('TestEgressCIDRAllocationWithMultipleAssignmentOptions', () => {
    const result = place(
      [auto('node3', ['172.17.0.0/24']), auto('node4', ['172.17.0.0/24'])],
      [claim('a', '172.17.0.100', '172.17.0.101', '172.17.0.102')],
    );
    expect(Object.values(result).map((addresses) => addresses.length)).toEqual([1, 1]);
  });

  it('TestEgressCIDRAllocationOffline', () => {
    const hosting = { egressIPs: ['172.17.0.100'] };
    const result = place(
      [auto('node3', ['172.17.0.0/24'], { ...hosting, online: false }), auto('node4', ['172.17.0.0/24'])],
      [claim('a', '172.17.0.100')],
    );
    expect(result).toEqual({ node3: [], node4: ['172.17.0.100'] });
  });

  it('TestAutomaticEgressAllocationRespectingCapacityAndNamespaceBalancingWithFullAssignment', () => {
    for (const claims of [
      [claim('101', '172.17.0.1', '172.17.0.2'), claim('103', '172.17.0.3')],
      [claim('103', '172.17.0.3'), claim('101', '172.17.0.1', '172.17.0.2')],
    ]) {
      const result = place(
        [auto('node8', ['172.17.0.0/24'], { capacity: 2 }), auto('node9', ['172.17.0.0/24'], { capacity: 1 })],
        claims,
      );
      expect(result['node8']).toHaveLength(2);
      expect(result['node8']).toContain('172.17.0.3');
      expect(result['node9']).toHaveLength(1);
    }
  });

  it('keeps what is well placed, and skips what is double-booked, unused, or held by hand', () => {
    const nodes = [
      auto('node3', ['172.17.0.0/24'], { egressIPs: ['172.17.0.100', '172.17.0.150'] }),
      auto('node4', ['172.17.0.0/24']),
      { ...host('node5', ['172.17.0.120']), online: true },
    ];
    const claims = [
      claim('a', '172.17.0.100'),
      claim('b', '172.17.0.110'),
      claim('c', '172.17.0.110'),
      claim('d', '172.17.0.120'),
    ];
    expect(place(nodes, claims)).toEqual({ node3: ['172.17.0.100'], node4: [] });
  });

  it('drops, and in the next round spreads, what stands too unevenly', () => {
    const claims = Array.from({ length: 4 }, (_, index) => claim(`n${index}`, `172.17.0.${100 + index}`));
    const crowded = auto('node3', ['172.17.0.0/24'], { egressIPs: claims.flatMap(({ egressIPs }) => egressIPs) });
    const first = place([crowded, auto('node4', ['172.17.0.0/24'])], claims);
    expect([first['node3']?.length, first['node4']?.length]).toEqual([2, 0]);
    const second = place([{ ...crowded, egressIPs: first['node3'] ?? [] }, auto('node4', ['172.17.0.0/24'])], claims);
    expect([second['node3']?.length, second['node4']?.length]).toEqual([2, 2]);
  });
});
