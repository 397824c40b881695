import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { ClusterSnapshot, TeamLimitsSnapshot } from '../snapshot/snapshot.ts';
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

  describe('and addresses that cool down after its namespaces', () => {
    const coming = (team: string, gone: number, name = 'new'): ReturnType<typeof plan> =>
      plan(
        aSnapshot({
          time: '2026-02-01T00:05:00Z',
          nodes: [aNode('n1')],
          egressIPAMs: [
            anEgressIPAM(['10.0.0.0/24=a'], {
              maxClaims: limits,
              coolDown: '1h',
              released: Array.from({ length: gone }, (_, index) => ({
                namespace: `shop-${index}`,
                addresses: [`10.0.0.${index + 1}`],
                releasedAt: '2026-02-01T00:00:00Z',
                team: 'shop',
              })),
            }),
          ],
          namespaces: [aNamespace(name, 0, { labels: { team } })],
        }),
      );
    const waits = (result: ReturnType<typeof plan>): readonly string[] =>
      result.waiting.map(({ reason }) => reason.code);

    it('are four times what it may have at the most, so that no team takes a CIDR by namespaces that come and go', () => {
      expect(waits(coming('shop', 3))).toEqual([]);
      expect(waits(coming('shop', 4))).toEqual(['TooManyChanges']);
      expect(coming('shop', 4).wakeAt).toBe('2026-02-01T01:00:00.000Z');
    });

    it('keep nobody else waiting, nor a namespace that comes back to what it had', () => {
      expect(waits(coming('payments', 4))).toEqual([]);
      const back = coming('shop', 4, 'shop-2');
      expect(back.allocations.map(({ addresses }) => addresses)).toEqual([['10.0.0.3']]);
    });

    it('are counted for the team that a namespace was of, also when it went away unseen', () => {
      const settled = settle(aSnapshot({ ...cluster(limits), time: '2026-02-01T00:00:00Z' }));
      const left = plan({
        ...settled,
        namespaces: settled.namespaces.filter(({ name }) => !name.startsWith('shop')),
        departed: [
          {
            namespace: 'shop-0',
            egressIPAM: 'pool',
            addresses: addressesOf(settled, 'shop-0'),
            labels: { team: 'shop' },
          },
        ],
      });
      expect(left.egressIPAMs.flatMap(({ released }) => released)).toEqual([
        expect.objectContaining({ namespace: 'shop-0', team: 'shop' }),
      ]);
    });
  });
});

function addressesOf(snapshot: ClusterSnapshot, namespace: string): readonly string[] {
  return plan(snapshot)
    .allocations.filter((entry) => entry.namespace === namespace)
    .flatMap(({ addresses }) => addresses);
}
