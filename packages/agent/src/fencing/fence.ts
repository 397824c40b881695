import { highestNumber, isForgotten, membersAt, strictMajority, type Roster } from './roster.ts';
import type { Timings } from './timings.ts';

/** What the operator knows of an agent by its Lease; times are on the operator's monotonic clock, in milliseconds. */
export interface AgentSighting {
  readonly node: string;
  /** Whether the Lease is there and held; a Lease that was taken away, or is gone, holds nothing. */
  readonly isHeld: boolean;
  /**
   * The roster numbers that it may count by, at least one: that of its last renewal and, as the answer to that may have
   * been lost, the one that it counted by when it sent it.
   */
  readonly counts: readonly number[];
  /** When its last renewal was first seen. */
  readonly renewedAt: number;
  /** When each higher roster number was first seen to be acknowledged, in rising order. */
  readonly acknowledgements: readonly { readonly number: number; readonly seenAt: number }[];
}

/** What stands next between the operator and the addresses of an agent that does not answer. */
export type FenceStep =
  | { /** Its Lease was taken away: it holds nothing. */ readonly kind: 'fenced' }
  | { /** Write a higher roster number, for the others to acknowledge. */ readonly kind: 'ask' }
  | { /** Take its Lease away, at the version that was seen. */ readonly kind: 'mark' }
  | { readonly kind: 'wait'; readonly until: number | undefined; readonly reason: string };

/**
 * Decides the next step of fencing an agent.
 *
 * Its own term is over a term and a margin after its last renewal was seen: it counts from when it sent that. What it
 * may hold by a majority is over a window and a margin after so many others were seen to acknowledge a newer roster
 * that no strict majority is left to it: each of them answers it with the newer number from before it wrote it.
 */
export function nextFenceStep(
  target: AgentSighting,
  others: readonly AgentSighting[],
  roster: Roster,
  now: number,
  timings: Timings,
): FenceStep {
  if (!target.isHeld) return { kind: 'fenced' };
  const { term, window, margin, suspicion } = timings;
  const suspectedAt = target.renewedAt + suspicion;
  if (now < suspectedAt)
    return { kind: 'wait', until: suspectedAt, reason: `node ${target.node} renewed its Lease a moment ago` };
  if (roster.number <= highestNumber(target.counts, roster)) return { kind: 'ask' };
  const acknowledgedAt = majorityLostAt(target, others, roster);
  if (acknowledgedAt === undefined) {
    const reason = `fewer than half of the agents answer: node ${target.node} may still hold its addresses with the others`;
    return { kind: 'wait', until: undefined, reason };
  }
  const until = Math.max(target.renewedAt + term + margin, acknowledgedAt + window + margin);
  return now < until ? { kind: 'wait', until, reason: `the time of node ${target.node} runs out` } : { kind: 'mark' };
}

/**
 * When so many others were seen to have acknowledged a newer roster that no strict majority is left to the target. A
 * number beyond the roster's is of a history that the server lost, and the target may count by it, too.
 */
function majorityLostAt(target: AgentSighting, others: readonly AgentSighting[], roster: Roster): number | undefined {
  const newest = highestNumber(target.counts, roster);
  let last = target.renewedAt;
  for (const count of target.counts) {
    const isKnown = !isForgotten(roster, count);
    // Whom it counts is not known any more: everybody else has to help it no longer.
    const members = isKnown ? membersAt(roster, count).map(({ node }) => node) : others.map(({ node }) => node);
    // One that is not counted itself holds by its own term alone.
    if (isKnown && !members.includes(target.node)) continue;
    const first = isKnown ? 0 : (roster.generations[0]?.since ?? 0);
    const seen = others.flatMap(({ node, acknowledgements }) => {
      if (node === target.node || !members.includes(node)) return [];
      const isNewer = (number: number): boolean => number > newest && number >= first && number <= roster.number;
      return acknowledgements.find(({ number }) => isNewer(number))?.seenAt ?? [];
    });
    const spare = members.length - strictMajority(members.length);
    const needed = isKnown ? spare : members.filter((node) => node !== target.node).length - 1;
    // Nobody else is there to help it.
    if (needed < 0) continue;
    const enough = seen.sort((left, right) => left - right)[needed];
    if (enough === undefined) return undefined;
    last = Math.max(last, enough);
  }
  return last;
}
