import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { TeamLimitsSnapshot } from '../snapshot/snapshot.ts';
import { settle } from '../simulate/settle.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

const limits: TeamLimitsSnapshot = { teamLabel: 'team', perTeam: 1, teams: [{ name: 'payments', maxClaims: 2 }] };
const cluster = (maxClaims: TeamLimitsSnapshot | undefined): Parameters<typeof aSnapshot>[0] => ({
  nodes: [aNode('n1')],
  egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'], maxClaims === undefined ? {} : { maxClaims })],
  namespaces: [
    ...[0, 1].map((age) => aNamespace(`none-${age}`, age)),
    ...[0, 1].map((age) => aNamespace(`shop-${age}`, age, { labels: { team: 'shop' } })),
    ...[0, 1, 2].map((age) => aNamespace(`pay-${age}`, age, { labels: { team: 'payments' } })),
  ],
});

describe('a limit of claims per team', () => {
  it('serves the oldest namespaces of each team, and those without a team as one', () => {
    const { allocations, waiting } = plan(aSnapshot(cluster(limits)));
    expect(allocations.map(({ namespace }) => namespace)).toEqual(['none-0', 'pay-0', 'pay-1', 'shop-0']);
    expect(waiting.map(({ namespace, reason, mender }) => [namespace, reason.code, mender])).toEqual([
      ['none-1', 'TeamLimitReached', 'owner'],
      ['shop-1', 'TeamLimitReached', 'owner'],
      ['pay-2', 'TeamLimitReached', 'owner'],
    ]);
  });

  it('law 2: takes nothing from anybody when it is set', () => {
    const settled = settle(aSnapshot(cluster(undefined)));
    const limited = { ...settled, egressIPAMs: settled.egressIPAMs.map((pool) => ({ ...pool, maxClaims: limits })) };
    expect(plan(limited).allocations).toHaveLength(7);
    expect(plan(limited).waiting).toEqual([]);
  });
});
