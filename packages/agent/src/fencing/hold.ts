import { membersAt, strictMajority, type Roster } from './roster.ts';
import type { Timings } from './timings.ts';

/** What a peer said when it was asked. */
export interface PeerAnswer {
  /** When it was asked, on the asker's monotonic clock in milliseconds. */
  readonly askedAt: number;
  /** Whether the peer itself reaches the API server. */
  readonly reachesServer: boolean;
  /** The highest roster number the peer has begun to acknowledge; undefined when it cannot know. */
  readonly acknowledged: number | undefined;
}

/**
 * Whether an agent may hold addresses, and until when on its monotonic clock. It begins with a renewal that succeeded;
 * an agent whose time ran out, or whose Lease was taken away, holds nothing until it renews again: a majority prolongs,
 * it never begins.
 */
export type Hold =
  | { readonly kind: 'released' }
  | {
      readonly kind: 'held';
      readonly until: number;
      /** The roster number that the last successful renewal acknowledged: the agent counts by its members. */
      readonly number: number;
      readonly answers: Readonly<Record<string, PeerAnswer>>;
    };

/** Nothing may be held. */
export const released: Hold = { kind: 'released' };

/** The hold as it is at a time. */
export function holdAt(hold: Hold, now: number): Hold {
  return hold.kind === 'held' && now < hold.until ? hold : released;
}

/** After a renewal, sent at `sentAt`, that acknowledged this roster number and has succeeded. */
export function afterRenewal(sentAt: number, number: number, { term }: Timings): Hold {
  return { kind: 'held', until: sentAt + term, number, answers: {} };
}

/**
 * After a renewal, beside what was held before: nothing is taken back by an answer that was long under way, nor by a
 * term shorter than that of a former life, as the kernel's lifetimes go on until they are set anew.
 */
export function laterHold(hold: Hold, renewed: Hold): Hold {
  return hold.kind === 'held' && renewed.kind === 'held' && hold.until > renewed.until
    ? { ...renewed, until: hold.until }
    : renewed;
}

/**
 * The term that a renewal tells, in milliseconds: others judge by it how long this node may hold something, and a
 * former life may have had a longer one.
 *
 * @param formerUntil until when addresses of a former life may be in the kernel, by the Lease that it left
 */
export function termToTell(hold: Hold, now: number, { term }: Timings, formerUntil: number): number {
  return Math.max(term, formerUntil - now, hold.kind === 'held' ? hold.until - now : 0);
}

/**
 * After a peer answered. The hold lasts as long as the answers of a strict majority of all agents count, this one
 * included, none of which reaches the API server or has acknowledged a roster that this agent has not.
 */
export function afterAnswer(
  hold: Hold,
  now: number,
  self: string,
  peer: string,
  answer: PeerAnswer,
  roster: Roster,
  timings: Timings,
): Hold {
  const current = holdAt(hold, now);
  if (current.kind === 'released') return released;
  const known = current.answers[peer];
  if (known !== undefined && known.askedAt > answer.askedAt) return current;
  const answers = { ...current.answers, [peer]: answer };
  const until = majorityUntil(answers, now, self, current.number, roster, timings);
  return { ...current, answers, until: Math.max(current.until, until ?? 0) };
}

function majorityUntil(
  answers: Readonly<Record<string, PeerAnswer>>,
  now: number,
  self: string,
  number: number,
  roster: Roster,
  { window }: Timings,
): number | undefined {
  const members = membersAt(roster, number).map(({ node }) => node);
  if (!members.includes(self)) return undefined;
  const fresh = members.flatMap((member) => {
    const answer = member === self ? undefined : answers[member];
    return answer !== undefined && now < answer.askedAt + window ? [answer] : [];
  });
  if (fresh.some(({ reachesServer }) => reachesServer)) return undefined;
  const counted = fresh.filter(({ acknowledged }) => acknowledged !== undefined && acknowledged <= number);
  const needed = strictMajority(members.length) - 1;
  if (needed === 0) return now + window;
  const last = counted.map(({ askedAt }) => askedAt).sort((left, right) => right - left)[needed - 1];
  return last === undefined ? undefined : last + window;
}

/** The lifetime to give addresses in the kernel, in whole seconds, never beyond the hold; 0: they must go. */
export function lifetimeSeconds(hold: Hold, now: number): number {
  const current = holdAt(hold, now);
  return current.kind === 'held' ? Math.floor((current.until - now) / 1000) : 0;
}
