import { formatAddress, type Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { ClaimDecision } from './decisions.ts';
import type { NetworkFacts } from './facts.ts';

/** Who is served though the network has an obstacle, and what is said of it. */
export interface Contested {
  readonly findings: readonly Finding[];
  /** For `uncarried` of a rendering. */
  readonly uncarried: ReadonlyMap<string, readonly Address[]>;
}

/**
 * Claims that are served, and for whose pods somebody has made an object since, where the network takes one of such
 * objects and nobody can say which.
 */
export function contestedClaims(
  claims: readonly ClaimDecision[],
  { obstacleOf }: Pick<NetworkFacts, 'obstacleOf'>,
): Contested {
  const findings: Finding[] = [];
  const uncarried = new Map<string, readonly Address[]>();
  for (const { namespace, addresses, releases } of claims) {
    const obstacle = releases || addresses.length === 0 ? undefined : obstacleOf(namespace);
    if (obstacle === undefined) continue;
    const object = { kind: 'Namespace', name: namespace };
    findings.push({ ...obstacle, severity: 'warning', object, addresses: addresses.map(formatAddress) });
    uncarried.set(namespace, addresses);
  }
  return { findings, uncarried };
}
