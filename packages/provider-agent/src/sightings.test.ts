import type { AgentLease } from '@egressip-ipam/agent/objects';
import { describe, expect, it } from 'vitest';
import { Sightings } from './sightings.ts';

const lease = (node: string, acknowledged = 0, renewTime = 'first'): AgentLease => ({
  node,
  holder: 'agent',
  renewTime,
  term: 6_000,
  acknowledged,
  counted: acknowledged,
  resourceVersion: '1',
  endpoint: undefined,
});

describe('what was seen of Leases', () => {
  it('counts from when a renewal was seen, and from when a Lease was seen to be gone', () => {
    const sightings = new Sightings();
    sightings.note(lease('a'), 100);
    sightings.note(lease('a'), 200);
    expect(sightings.of('a')?.renewedAt).toBe(100);
    sightings.note(lease('a', 0, 'second'), 300);
    expect([sightings.of('a')?.renewedAt, sightings.silence('a', 450)]).toEqual([300, 150]);
    sightings.noteGone('a', 500);
    expect([sightings.of('a')?.renewedAt, sightings.lease('a'), sightings.all]).toEqual([500, undefined, []]);
  });

  it('keeps of each agent when it acknowledged the last rosters', () => {
    const sightings = new Sightings();
    for (let number = 1; number <= 5_000; number++) sightings.note(lease('a', number), number);
    const acknowledgements = sightings.of('a')?.acknowledgements ?? [];
    expect(acknowledgements).toHaveLength(32);
    expect(acknowledgements.at(-1)).toEqual({ number: 5_000, seenAt: 5_000 });
  });

  it('forgets of the nodes that went the ones that went first', () => {
    const sightings = new Sightings();
    for (let node = 0; node < 1_500; node++) {
      sightings.note(lease(`node-${node}`), node);
      sightings.noteGone(`node-${node}`, node);
    }
    expect([sightings.of('node-499'), sightings.of('node-500')?.node]).toEqual([undefined, 'node-500']);
  });
});
