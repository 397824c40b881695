import type { Claim } from '../claims/claim.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ParsedAssignment } from '../parse/parse-egress-ipam.ts';
import type { ParsedSnapshot } from '../parse/parsed-snapshot.ts';
import type { Pool } from '../place/pool.ts';

/** Why a claim cannot be served now. */
export interface Obstacle {
  readonly code: FindingCode;
  readonly message: string;
}

/** Whether enough is known, and there, to serve claims (laws 4 and 6). */
export class Readiness {
  readonly #snapshot: ParsedSnapshot;
  readonly #facts: NetworkFacts;
  readonly #families: NetworkTraits['families'];

  constructor(snapshot: ParsedSnapshot, facts: NetworkFacts, { families }: Pick<NetworkTraits, 'families'>) {
    this.#snapshot = snapshot;
    this.#facts = facts;
    this.#families = families;
  }

  /** What stands in the way of addresses in these CIDR assignments. */
  obstacleFor(claim: Claim, pool: Pool, wanted: readonly ParsedAssignment[]): Obstacle | undefined {
    const general = this.#facts.obstacleOf(claim.namespace.name) ?? this.#facts.standstill ?? this.#notRead();
    if (general !== undefined) return general;
    for (const assignment of wanted) {
      const obstacle =
        this.#familyObstacle(pool, assignment) ?? this.#providerObstacle(assignment) ?? nodesObstacle(pool, assignment);
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  }

  #notRead(): Obstacle | undefined {
    const { source, observation } = this.#snapshot;
    const unsynced = source.unsynced ?? [];
    if (unsynced.length > 0) {
      const message = `nothing is allocated before everything is read; still reading ${unsynced.join(', ')}`;
      return { code: 'WaitingForSync', message };
    }
    if (!source.provider.observationRequired || observation !== undefined) return undefined;
    const message = `nothing is allocated before provider ${source.provider.name} has told what is in use`;
    return { code: 'WaitingForProvider', message };
  }

  #familyObstacle({ name }: Pool, { cidr: { family, text } }: ParsedAssignment): Obstacle | undefined {
    if (this.#families.includes(family)) return undefined;
    const message = `the network carries no IPv${family} egress addresses, and EgressIPAM ${name} asks for one of ${text}; it waits until that entry is removed`;
    return { code: 'WaitingForNodes', message };
  }

  #providerObstacle({ cidr }: ParsedAssignment): Obstacle | undefined {
    const { name, observationRequired } = this.#snapshot.source.provider;
    const observed = this.#snapshot.observation?.cidrs.get(cidr.text);
    if (observationRequired && observed === undefined) {
      return {
        code: 'WaitingForProvider',
        message: `provider ${name} has not told yet what is in use in ${cidr.text}`,
      };
    }
    if (observed?.error === undefined) return undefined;
    const message = `provider ${name} cannot tell what is in use in ${cidr.text}: ${observed.error.message}`;
    return { code: 'WaitingForProvider', message };
  }
}

function nodesObstacle(pool: Pool, assignment: ParsedAssignment): Obstacle | undefined {
  const { cidr, labelValue } = assignment;
  const group = pool.assignments.find((candidate) => candidate.assignment === assignment)?.group;
  const where = `${pool.egressIPAM.source.topologyLabel}=${labelValue}`;
  if (group !== undefined && group.selection.selected.length === 0) {
    const message = `nothing of ${cidr.text} can be given out: for EgressIPAM ${pool.name} ${pool.whyNoNodes(assignment)}; ${pool.wayToNodes(assignment)}`;
    return { code: 'WaitingForNodes', message };
  }
  if (group === undefined || group.selection.candidates.length === 0) {
    const message = `no node for ${cidr.text} takes addresses now: each that EgressIPAM ${pool.name} finds by ${where} is down, cordoned, about to go or cannot be used; it waits for one that does`;
    return { code: 'WaitingForNodes', message };
  }
  if (group.hostable.length > 0) return undefined;
  const message = `no node with ${where} has a subnet that meets ${cidr.text}; correct the CIDR or the label`;
  return { code: 'WaitingForNodes', message };
}
