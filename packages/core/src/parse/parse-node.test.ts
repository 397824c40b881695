import { describe, expect, it } from 'vitest';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import type { NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNode } from '../testing/builders.ts';
import { parseAddresses } from './parse-lists.ts';
import { isNodeLeaving, parseNode, type ParsedNode } from './parse-node.ts';

const parse = (more: Partial<NodeSnapshot> = {}): ParsedNode => parseNode(aNode('n1', 'a', more));
const announcing = (value: string): Partial<NodeSnapshot> => ({ annotations: { [egressIPConfigAnnotation]: value } });

describe('a node', () => {
  it('takes new addresses, unless it is cordoned, which is no reason to move what it carries', () => {
    expect(parse()).toMatchObject({ name: 'n1', takesNew: true, isLeaving: false });
    expect(parse({ unschedulable: true })).toMatchObject({ takesNew: false, isLeaving: false });
  });

  it.each<readonly [string, Partial<NodeSnapshot>]>([
    ['it is being deleted', { deletedAt: '2026-02-01T00:00:00Z' }],
    ['the autoscaler is about to remove it', { taints: ['other', 'ToBeDeletedByClusterAutoscaler'] }],
    ['it was declared out of service', { taints: ['node.kubernetes.io/out-of-service'] }],
    ['its machine is shut down', { taints: ['node.cloudprovider.kubernetes.io/shutdown'] }],
    ['Karpenter disrupts it', { taints: ['karpenter.sh/disrupted'] }],
  ])('is about to go where %s: what it carries moves, and it takes nothing new', (_why, more) => {
    expect(parse(more)).toMatchObject({ takesNew: false, isLeaving: true });
    expect(isNodeLeaving(more)).toBe(true);
  });

  it('stays whatever else it is tainted with', () => {
    const taints = ['node.kubernetes.io/unreachable', 'node-role.kubernetes.io/control-plane'];
    expect(parse({ taints })).toMatchObject({ takesNew: true, isLeaving: false });
  });

  it('has the addresses and pod networks that parse', () => {
    const { addresses, podNetworks } = parse({
      addresses: ['10.0.0.5', 'worker-1', 'fd00::5'],
      podCIDRs: ['10.128.0.0/23', 'nonsense'],
    });
    expect(addresses).toEqual(parseAddresses(['10.0.0.5', 'fd00::5']));
    expect(podNetworks.map(({ text }) => text)).toEqual(['10.128.0.0/23']);
    expect(parse().podNetworks).toEqual([]);
  });

  it('is in the subnets that are announced for it; where nothing is, or it cannot be understood, nobody knows', () => {
    const announced = '[{"interface":"eni","ifaddr":{"ipv4":"10.7.0.16/28"},"capacity":{"ip":9}}]';
    expect(parse(announcing(announced)).announced?.map(({ text }) => text)).toEqual(['10.7.0.16/28']);
    expect(parse().announced).toBeUndefined();
    expect(parse(announcing('{"')).announced).toBeUndefined();
  });
});
