import type { AgentLease, EgressNode } from '@egressip-ipam/agent';
import { describe, expect, it } from 'vitest';
import { isSilent, majorityAnswers, shouldAsk } from './silence.ts';
import { Sightings } from './sightings.ts';

const wish = { address: '192.0.2.1', reason: '' };

/** A view of agents a, b and c, of which `a` carries something; each was seen to renew its Lease at the time given. */
function viewOf(
  renewals: Readonly<Record<string, number>>,
  rosterNumber = 1,
  lease: Partial<AgentLease> = {},
): Parameters<typeof shouldAsk>[0] {
  const sightings = new Sightings();
  for (const [node, at] of Object.entries(renewals))
    sightings.note(
      {
        node,
        resourceVersion: '1',
        holder: node,
        term: 6_000,
        renewTime: String(at),
        acknowledged: 1,
        counted: 1,
        endpoint: undefined,
        ...lease,
      },
      at,
    );
  const node = (name: string): Pick<EgressNode, 'wishes'> => ({ wishes: name === 'a' ? [wish] : [] });
  return { sightings, roster: { number: rosterNumber }, node };
}

describe('silence', () => {
  it('begins a term and a margin after the last renewal, and at once when the Lease is not held', () => {
    const view = viewOf({ a: 0 });
    expect([isSilent('a', view, 7_000), isSilent('a', view, 7_001)]).toEqual([false, true]);
    expect(isSilent('b', view, 0)).toBe(true);
    expect(isSilent('a', viewOf({ a: 0 }, 1, { holder: undefined }), 0)).toBe(true);
  });

  it('begins no sooner where somebody took the term out of the Lease: its agent holds for as long as before', () => {
    const view = viewOf({ a: 0 }, 1, { term: 0 });
    expect([isSilent('a', view, 7_000), isSilent('a', view, 7_001)]).toEqual([false, true]);
  });

  it('of half of the agents or more tells nothing', () => {
    expect(majorityAnswers(viewOf({ a: 0, b: 9_000, c: 9_000 }), 10_000)).toBe(true);
    expect(majorityAnswers(viewOf({ a: 0, b: 0, c: 9_000 }), 10_000)).toBe(false);
    expect(majorityAnswers(viewOf({ a: 0, b: 9_000 }), 10_000)).toBe(false);
  });

  it('has the others asked early, once, and only where something may have to move', () => {
    const late = { b: 9_000, c: 9_000 };
    expect([
      shouldAsk(viewOf({ a: 7_000, ...late }), 10_000),
      shouldAsk(viewOf({ a: 6_900, ...late }), 10_000),
    ]).toEqual([false, true]);
    expect(shouldAsk(viewOf({ a: 6_900, ...late }, 2), 10_000)).toBe(false);
    expect(shouldAsk(viewOf({ a: 9_000, b: 0, c: 9_000 }), 10_000)).toBe(false);
    expect(shouldAsk(viewOf({ a: 0, ...late }, 1, { holder: undefined }), 10_000)).toBe(false);
  });
});
