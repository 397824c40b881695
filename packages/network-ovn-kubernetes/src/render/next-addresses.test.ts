import { aNamespace, anEgressIPAM, zoneLabel } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import type { AssignedItem, EgressIPEntry } from '../kinds/egress-ip.ts';
import {
  anEgressIP,
  anOvnNode,
  announced,
  appliedNext,
  findingsOf,
  onCloud,
  onOvn,
  planOf,
  primary,
  writesOf,
} from '../testing/builders.ts';

const egressIPAMs = [anEgressIPAM(['a', 'b', 'c'].map((zone, index) => `10.0.${index}.0/24=${zone}`))];
const nodes = ['a', 'b', 'c'].map((zone, index) =>
  anOvnNode(`n${index + 1}`, zone, primary({ ipv4: `10.0.${index}.250/24` })),
);
const asked = ['10.0.0.9', '10.0.1.9', '10.0.2.9'];
const on = (node: string, egressIP: string): AssignedItem => ({ node, egressIP });
const [a1, b1, c1] = [on('n1', '10.0.0.1'), on('n2', '10.0.1.1'), on('n3', '10.0.2.1')];
const [a2, b2] = [on('n1', '10.0.0.9'), on('n2', '10.0.1.9')];

/**
 * What is applied next to an EgressIP with these addresses, of which some are assigned, once the new ones are promised.
 */
const next = (
  egressIPs: readonly string[],
  assigned: readonly AssignedItem[],
  deadNode = '',
): readonly string[] | undefined => {
  // What a write of our own may have put into the annotation is the namespace's.
  const shop = aNamespace('shop', 0, {
    egressIPs: asked.join(),
    allocated: `pool/${asked.join()}`,
    unconfirmed: asked,
  });
  const alive = nodes.map((node) => ({ ...node, ready: node.name !== deadNode }));
  return appliedNext(
    onOvn({ egressIPAMs, nodes: alive, namespaces: [shop] }, [anEgressIP('shop', egressIPs, { assigned })]),
  );
};

describe('a change of several addresses', () => {
  it('replaces one after the other, each by that of its own CIDR, whatever their order', () => {
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [a1, b1, c1])).toEqual(['10.0.1.1', '10.0.2.1', '10.0.0.9']);
    expect(next(['10.0.2.1', '10.0.0.1', '10.0.1.1'], [a1, b1, c1])).toEqual(['10.0.0.1', '10.0.1.1', '10.0.2.9']);
  });

  it('waits until the network has assigned what came last, before the last step too', () => {
    expect(next(['10.0.1.1', '10.0.2.1', '10.0.0.9'], [b1, c1])).toBeUndefined();
    expect(next(['10.0.1.1', '10.0.2.1', '10.0.0.9'], [a2, b1, c1])).toEqual(['10.0.2.1', '10.0.0.9', '10.0.1.9']);
    expect(next(['10.0.2.1', '10.0.0.9', '10.0.1.9'], [a2, c1])).toBeUndefined();
    expect(next(['10.0.2.1', '10.0.0.9', '10.0.1.9'], [a2, b2, c1])).toEqual(asked);
  });

  it('does not wait for what no node can take', () => {
    expect(next(['10.0.1.1', '10.0.2.9', '10.0.0.9'], [a2, b1])).toBeUndefined();
    expect(next(['10.0.1.1', '10.0.2.9', '10.0.0.9'], [a2, b1], 'n3')).toEqual(asked);
  });

  it('begins with what carries nothing, and changes all at once where nothing does', () => {
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [a1, c1])).toEqual(['10.0.0.1', '10.0.2.1', '10.0.1.9']);
    expect(next(['10.0.0.1', '10.0.1.1', '10.0.2.1'], [])).toEqual(asked);
  });

  describe('of a namespace that has but one', () => {
    const labels = { [zoneLabel]: 'a', 'k8s.ovn.org/egress-assignable': '' };
    const two = ['n1', 'n2'].map((name) =>
      anOvnNode(name, 'a', announced({ ipv4: '10.0.0.0/24' }, { ipv4: 1 }), { labels }),
    );
    const shop = aNamespace('shop', 0, {
      egressIPs: '10.0.0.9',
      allocated: 'pool/10.0.0.9',
      unconfirmed: ['10.0.0.9'],
    });
    const nextOf = (egressIPs: readonly string[], assigned: readonly AssignedItem[], alive = two) =>
      appliedNext(
        onOvn({ provider: onCloud, nodes: alive, egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])], namespaces: [shop] }, [
          anEgressIP('shop', egressIPs, { assigned }),
        ]),
      );
    const old = on('n1', '10.0.0.1');

    it('keeps it beside the new one until that carries traffic', () => {
      expect(nextOf(['10.0.0.1'], [old])).toEqual(['10.0.0.1', '10.0.0.9']);
      expect(nextOf(['10.0.0.1', '10.0.0.9'], [old])).toBeUndefined();
      expect(nextOf(['10.0.0.1', '10.0.0.9'], [old, on('n2', '10.0.0.9')])).toEqual(['10.0.0.9']);
    });

    it('law 12: says that it carries the traffic until then, and does not call the new one carried', () => {
      const moment = (egressIP: Partial<EgressIPEntry>, nodes = two): unknown => {
        const cluster = {
          provider: onCloud,
          nodes,
          egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
          namespaces: [shop],
        };
        const snapshot = onOvn(cluster, [anEgressIP('shop', ['10.0.0.1', '10.0.0.9'], egressIP)]);
        const [allocation] = planOf(snapshot).allocations;
        const [finding] = [...findingsOf(snapshot, 'Unassigned'), ...findingsOf(snapshot, 'PartiallyAssigned')];
        return [allocation?.carried, allocation?.carrying, finding?.code, finding?.message.split(': ').at(-1)];
      };
      const bare = 'until one does, traffic leaves with the address of whatever node a pod runs on';
      const nothing = [false, undefined, 'Unassigned', bare];
      expect(moment({ assigned: [old] })).toEqual([
        false,
        ['10.0.0.1'],
        'PartiallyAssigned',
        'until one does, traffic leaves with 10.0.0.1',
      ]);
      expect(moment({ assigned: [old, on('n2', '10.0.0.9')] })).toEqual([true, undefined, undefined, undefined]);
      expect(moment({ assigned: [] })).toEqual(nothing);
      expect(moment({ assigned: [old], podSelector: { matchLabels: { app: 'web' } } })).toEqual([
        ...nothing.slice(0, 3),
        'until that is put right, traffic of the others leaves with the address of whatever node a pod runs on',
      ]);
      expect(
        moment(
          { assigned: [old] },
          two.map((node) => ({ ...node, ready: node.name !== 'n1' })),
        ),
      ).toEqual(nothing);
    });

    it('keeps it also while a node for the new one gets its label', () => {
      const [first, second] = two;
      const bare = anOvnNode('n2', 'a', second?.annotations ?? {});
      const cluster = first === undefined ? [] : [first, bare];
      expect(nextOf(['10.0.0.1'], [old], cluster)).toEqual(['10.0.0.1', '10.0.0.9']);
      expect(nextOf(['10.0.0.1', '10.0.0.9'], [old], cluster)).toBeUndefined();
    });

    it('replaces it where no other node has room', () => {
      expect(nextOf(['10.0.0.1'], [old], two.slice(0, 1))).toEqual(['10.0.0.9']);
      expect(nextOf(['10.0.0.1', '10.0.0.9'], [old], two.slice(0, 1))).toEqual(['10.0.0.9']);
    });
  });

  it('waits for what will have the room that the cloud has not taken back yet', () => {
    const full = ['n1', 'n2'].map((name) => anOvnNode(name, 'a', announced({ ipv4: '10.0.0.0/24' }, { ipv4: 1 })));
    const wanted = '10.0.0.9,10.0.0.73';
    const shop = aNamespace('shop', 0, {
      egressIPs: wanted,
      allocated: `pool/${wanted}`,
      unconfirmed: wanted.split(','),
    });
    const egressIP = anEgressIP('shop', ['10.0.0.65', '10.0.0.9'], { assigned: [on('n2', '10.0.0.65')] });
    const leaving = { name: '10.0.0.1', deletedAt: '2026-01-31T00:00:00Z', specNode: 'n1', statusNode: 'n1' };
    const pools = [anEgressIPAM(['10.0.0.0/27=a', '10.0.0.64/27=a'])];
    const snapshot = onOvn(
      { provider: onCloud, nodes: full, egressIPAMs: pools, namespaces: [shop] },
      [egressIP],
      [leaving],
    );
    expect(writesOf(snapshot).filter((write) => write.startsWith('apply'))).toEqual([]);
  });
});
