import { nextFenceStep, type AgentSighting, type FenceStep } from './fence.ts';
import {
  afterAnswer,
  afterRenewal,
  holdAt,
  laterHold,
  released,
  termToTell,
  type Hold,
  type PeerAnswer,
} from './hold.ts';
import { nextRoster, type Member, type Roster } from './roster.ts';
import type { Timings } from './timings.ts';

/**
 * A small cluster as a state machine: agent `a` holds an address, its peers answer it, and the operator wants to give
 * the address to another node. Everything that may happen is one move; time is whole ticks, and all times are told from
 * now, which is 0, so that the states are finitely many though nothing bounds how long things take. Who sees a fact
 * late acts late: that the operator sees each write at once is the worst case.
 */
export interface ModelState {
  readonly roster: Roster;
  readonly hold: Hold;
  /** For how long addresses of a former life are in the kernel that this one knows nothing of. */
  readonly left: number;
  readonly lease: {
    readonly isHeld: boolean;
    readonly counts: readonly number[];
    readonly seenAt: number;
    readonly term: number;
  };
  /** The version of its Lease that `a` renews from. */
  readonly known: number;
  /** Renewals under way: to be stored, or stored and not yet answered. */
  readonly renewals: readonly Renewal[];
  readonly peers: Readonly<Record<string, Peer>>;
  /** Another node has the address. */
  readonly isMoved: boolean;
}

interface Renewal {
  readonly sentAt: number;
  readonly number: number;
  readonly counts: readonly number[];
  readonly term: number;
  readonly version: number;
  readonly isStored: boolean;
}

interface Peer {
  /** The highest number it has begun to acknowledge. */
  readonly promised: number;
  readonly acknowledgements: readonly { readonly number: number; readonly seenAt: number }[];
}

/** What may be changed to see that the model finds what is wrong. */
export interface ModelRules {
  readonly timings: Timings;
  readonly nextFenceStep: typeof nextFenceStep;
  readonly termToTell: typeof termToTell;
  /** Whether a peer keeps its promise in mind before it writes it. */
  readonly promisesFirst: boolean;
}

/** The rules as they are, in ticks and without any margin: clocks are exact here. */
export const trueRules: ModelRules = {
  timings: { term: 2, renewal: 1, window: 2, margin: 0, suspicion: 1 },
  nextFenceStep,
  termToTell,
  promisesFirst: true,
};

/** How far the model looks. */
export interface ModelBounds {
  readonly peers: readonly string[];
  /** The members of the first roster and of each that the operator writes later: so often it may ask. */
  readonly rosters: readonly (readonly string[])[];
  /** Renewals that may be under way at once: one that was given up may still arrive. */
  readonly renewals: number;
  /** The term of the life before this one, which has just renewed by it; the same, where nothing is said. */
  readonly formerTerm?: number;
  /** What that life kept for this one is lost. */
  readonly isForgotten?: boolean;
}

const self = 'a';

/** Follows every interleaving; the first state in which two nodes hold the address, and how many states there are. */
export function exploreModel(
  bounds: ModelBounds,
  rules: ModelRules,
): { readonly states: number; readonly violation: ModelState | undefined } {
  const first = firstState(bounds, rules);
  const seen = new Set([keyOf(first)]);
  const open = [first];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (state.isMoved && (state.hold.kind === 'held' || state.left > 0)) return { states: seen.size, violation: state };
    for (const next of successors(state, bounds, rules)) {
      // Nothing can make it hold again.
      if (next.hold.kind === 'released' && next.left === 0 && next.renewals.length === 0) continue;
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return { states: seen.size, violation: undefined };
}

/** A text that is the same for the same state, and only then. */
function keyOf({ roster, hold, left, lease, known, renewals, peers, isMoved }: ModelState): string {
  const held =
    hold.kind === 'released'
      ? ''
      : `${hold.until},${hold.number},${Object.entries(hold.answers)
          .map(([name, { askedAt, acknowledged }]) => `${name}${askedAt}/${acknowledged}`)
          .sort()
          .join()}`;
  const sent = renewals
    .map(
      ({ sentAt, number, counts, term, version, isStored }) =>
        `${sentAt}/${number}/${counts.join('+')}/${term}/${version}${isStored ? 's' : ''}`,
    )
    .join();
  const others = Object.values(peers).map(
    ({ promised, acknowledgements }) =>
      `${promised}:${acknowledgements.map(({ number, seenAt }) => `${number}/${seenAt}`).join()}`,
  );
  return [
    roster.number,
    held,
    left,
    lease.isHeld,
    lease.counts.join('+'),
    lease.seenAt,
    lease.term,
    known,
    sent,
    ...others,
    isMoved,
  ].join(';');
}

function firstState(
  { peers, rosters, formerTerm, isForgotten = false }: ModelBounds,
  { timings }: ModelRules,
): ModelState {
  const term = formerTerm ?? timings.term;
  return {
    roster: { number: 1, generations: [{ since: 1, members: membersOf(rosters[0] ?? []) }] },
    hold: isForgotten ? released : afterRenewal(0, 1, { ...timings, term }),
    left: isForgotten ? term : 0,
    lease: { isHeld: true, counts: [1], seenAt: 0, term },
    known: 0,
    renewals: [],
    peers: Object.fromEntries(peers.map((peer) => [peer, { promised: 1, acknowledgements: [] }])),
    isMoved: false,
  };
}

function membersOf(names: readonly string[]): readonly Member[] {
  return names.map((node) => ({ node, address: '', port: 0 }));
}

function successors(state: ModelState, bounds: ModelBounds, rules: ModelRules): readonly ModelState[] {
  return [
    tick(state, rules),
    ...renew(state, bounds, rules),
    ...ask(state, rules),
    ...acknowledge(state, rules),
    ...operate(state, bounds, rules),
  ];
}

/** A tick later. What is so long ago that it makes no difference any more stays at that. */
function tick(
  { hold, left, lease, renewals, peers, ...rest }: ModelState,
  { timings: { term, window } }: ModelRules,
): ModelState {
  const earlier = (time: number, oldest: number): number => Math.max(time - 1, -oldest);
  return {
    ...rest,
    hold:
      hold.kind === 'released'
        ? hold
        : holdAt({ ...hold, until: hold.until - 1, answers: agedAnswers(hold.answers, window) }, 0),
    left: Math.max(0, left - 1),
    lease: { ...lease, seenAt: earlier(lease.seenAt, lease.term) },
    renewals: renewals.map((renewal) => ({ ...renewal, sentAt: earlier(renewal.sentAt, term) })),
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, { promised, acknowledgements }]) => [
        name,
        {
          promised,
          acknowledgements: acknowledgements.map(({ number, seenAt }) => ({ number, seenAt: earlier(seenAt, window) })),
        },
      ]),
    ),
  };
}

function agedAnswers(
  answers: Readonly<Record<string, PeerAnswer>>,
  window: number,
): Readonly<Record<string, PeerAnswer>> {
  const aged = Object.entries(answers).map(
    ([name, answer]) => [name, { ...answer, askedAt: answer.askedAt - 1 }] as const,
  );
  return Object.fromEntries(
    aged.filter(([, { askedAt }]) => askedAt > -window).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function renew(state: ModelState, bounds: ModelBounds, { timings, termToTell }: ModelRules): readonly ModelState[] {
  const { hold, left, lease, renewals, roster, known } = state;
  const next: ModelState[] = [];
  if ((hold.kind === 'held' || left > 0) && renewals.length < bounds.renewals) {
    const counts = [...new Set([roster.number, hold.kind === 'held' ? hold.number : roster.number])];
    const term = termToTell(hold, 0, timings, left);
    next.push({
      ...state,
      renewals: [...renewals, { sentAt: 0, number: roster.number, counts, term, version: known, isStored: false }],
    });
  }
  renewals.forEach((renewal, index) => {
    const others = renewals.toSpliced(index, 1);
    if (renewal.isStored) {
      // The answer comes, or is lost; then the Lease is read again.
      next.push({
        ...state,
        renewals: others,
        known: renewal.version + 1,
        hold: holdAt(laterHold(hold, afterRenewal(renewal.sentAt, renewal.number, timings)), 0),
      });
      next.push({ ...state, renewals: others, known: renewal.version + 1 });
    } else if (lease.isHeld && renewal.version === 0) {
      next.push(store(state, index));
    } else {
      // Refused: the Lease is read again, and when it was taken away, that ends the hold.
      next.push({ ...state, renewals: others, known: 0, hold: lease.isHeld ? hold : released });
    }
  });
  return next;
}

/** The server takes a renewal in: versions are told from the newest, which is 0; those long gone are all alike. */
function store({ lease, renewals, known, ...rest }: ModelState, index: number): ModelState {
  const older = (version: number): number => Math.max(version - 1, -3);
  const { counts, term } = renewals[index] ?? lease;
  return {
    ...rest,
    lease: { ...lease, counts, term, seenAt: 0 },
    known: older(known),
    renewals: renewals.map((renewal, at) => ({
      ...renewal,
      version: older(renewal.version),
      ...(at === index ? { isStored: true } : {}),
    })),
  };
}

/** A peer is asked and its answer arrives at once: a hold only grows by answers, so that a late one is no worse. */
function ask(state: ModelState, { timings }: ModelRules): readonly ModelState[] {
  if (state.hold.kind === 'released') return [];
  return Object.entries(state.peers).map(([name, { promised }]) => {
    const answer: PeerAnswer = { askedAt: 0, reachesServer: false, acknowledged: promised };
    return { ...state, hold: afterAnswer(state.hold, 0, self, name, answer, state.roster, timings) };
  });
}

/** A peer that keeps its promise in mind first may have written it the moment after: later is no worse. */
function acknowledge(state: ModelState, { promisesFirst }: ModelRules): readonly ModelState[] {
  return Object.entries(state.peers).flatMap(([name, { promised, acknowledgements }]) => {
    const update = (changed: Peer): ModelState => ({ ...state, peers: { ...state.peers, [name]: changed } });
    const { number } = state.roster;
    const written = acknowledgements.at(-1)?.number ?? 1;
    const writing = [...acknowledgements, { number, seenAt: 0 }];
    if (promisesFirst) return promised < number ? [update({ promised: number, acknowledgements: writing })] : [];
    if (written < number) return [update({ promised, acknowledgements: writing })];
    return promised < number ? [update({ promised: number, acknowledgements })] : [];
  });
}

function operate(state: ModelState, { rosters }: ModelBounds, rules: ModelRules): readonly ModelState[] {
  if (state.isMoved) return [];
  const { lease, peers, roster } = state;
  const target: AgentSighting = {
    node: self,
    isHeld: lease.isHeld,
    counts: lease.counts,
    renewedAt: lease.seenAt,
    acknowledgements: [],
  };
  const others = Object.entries(peers).map(([node, { acknowledgements }]) => ({
    node,
    isHeld: true,
    counts: [],
    renewedAt: 0,
    acknowledgements,
  }));
  const timings = { ...rules.timings, term: lease.term };
  const step: FenceStep = rules.nextFenceStep(target, others, roster, 0, timings);
  switch (step.kind) {
    case 'ask':
      return roster.number < rosters.length
        ? [{ ...state, roster: nextRoster(roster, membersOf(rosters[roster.number] ?? []), 0) }]
        : [];
    case 'mark':
      return [{ ...state, lease: { ...lease, isHeld: false }, isMoved: true }];
    case 'fenced':
    case 'wait':
      return [];
  }
}
