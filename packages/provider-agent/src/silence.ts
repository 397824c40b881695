import {
  defaultTerm,
  strictMajority,
  timingsOf,
  type AgentLease,
  type EgressNode,
  type Timings,
} from '@egressip-ipam/agent/objects';
import type { AgentsView } from './agents-view.ts';

/** What tells who is silent. */
type Heard = Pick<AgentsView, 'sightings'>;

/** What tells whether a newer roster is wanted. */
interface Asking extends Heard {
  readonly node: (name: string) => Pick<EgressNode, 'wishes'> | undefined;
  /** The newest that is there. */
  readonly roster: { readonly number: number };
}

/** The times of an agent's fence, by its Lease; the usual ones where that, or the term in it, is not there. */
export function timingsOfLease(lease: Pick<AgentLease, 'term'> | undefined): Timings {
  const { term } = lease ?? { term: 0 };
  return timingsOf(term > 0 ? Math.max(3_000, term) : defaultTerm);
}

/** Whether an agent holds nothing any more by its own Lease: it was taken away, is not there, or its time is over. */
export function isSilent(node: string, { sightings }: Heard, now: number): boolean {
  const lease = sightings.lease(node);
  const silence = sightings.silence(node, now);
  if (lease?.holder === undefined || silence === undefined) return true;
  const { term, margin } = timingsOfLease(lease);
  return silence > term + margin;
}

/** Whether more than half of all agents answer: else it may be us who are cut off, and nothing is to move. */
export function majorityAnswers(view: Heard, now: number): boolean {
  const { leases } = view.sightings;
  return leases.filter(({ node }) => !isSilent(node, view, now)).length >= strictMajority(leases.length);
}

/**
 * Whether a newer roster should be written now, ahead of any move: an agent that carries something begins to be silent,
 * and no other has acknowledged a roster that it has not. By the time that its own term is over, nothing else is left
 * to wait for.
 */
export function shouldAsk(view: Asking, now: number): boolean {
  return view.sightings.leases.some((lease) => {
    const isCarrying = (view.node(lease.node)?.wishes.length ?? 0) > 0;
    const newest = Math.max(lease.acknowledged, lease.counted);
    if (lease.holder === undefined || !isCarrying || view.roster.number > newest) return false;
    return (view.sightings.silence(lease.node, now) ?? 0) > timingsOfLease(lease).suspicion;
  });
}
