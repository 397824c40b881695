import { describe, expect, it } from 'vitest';
import type { EgressNode } from './egress-node.ts';
import { handedOver } from './handed-over.ts';

const status = { observedGeneration: 0, interfaces: [], gateways: [], addresses: [] };

/** An EgressNode whose wishes are these addresses, each let go of by `worker-2`. */
function node(generation: number, ...addresses: readonly string[]): EgressNode {
  const wishes = addresses.map((address) => ({ address, reason: 'it moves here', vacatedBy: 'worker-2' }));
  return { name: 'worker-1', generation, resourceVersion: '1', wishes, status };
}

describe('law 1: what a change of wishes hands over', () => {
  it('is what is new in it and was let go of', () => {
    expect(handedOver(node(3, '10.0.0.1', '10.0.0.2'), node(2, '10.0.0.1'))).toEqual(['10.0.0.2']);
    const placed = { ...node(3), wishes: [{ address: '10.0.0.2', reason: 'it was placed on this node' }] };
    expect(handedOver(placed, node(2))).toEqual([]);
  });

  it('is nothing after a start, nor where changes between were not seen', () => {
    expect(handedOver(node(3, '10.0.0.1'), undefined)).toEqual([]);
    expect(handedOver(node(4, '10.0.0.1'), node(2))).toEqual([]);
  });

  it('is nothing that a server has which was set back', () => {
    expect(handedOver(node(2, '10.0.0.1'), node(3))).toEqual([]);
  });
});
