import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import type { Plan } from '../plan/plan-types.ts';
import type { EgressIPAMSnapshot, NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

/** Two addresses, one of which namespace `gone` gave back. */
function planWith(
  pool: Partial<EgressIPAMSnapshot>,
  namespaces: readonly NamespaceSnapshot[],
  releasedAt = '2026-02-01T00:00:00Z',
  time = '2026-02-01T00:05:00Z',
): Plan {
  const released = [{ namespace: 'gone', addresses: ['10.0.0.1'], releasedAt }];
  return plan(
    aSnapshot({
      time,
      nodes: [aNode('n1')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/30=a'], { released, ...pool })],
      namespaces,
    }),
  );
}

const allocated = ({ allocations }: Plan): readonly (readonly string[])[] =>
  allocations.map(({ namespace, source, addresses }) => [namespace, source, ...addresses]);

describe('a released address', () => {
  it('waits for the cool-down to end, and the plan says when that is', () => {
    const result = planWith({ coolDown: '10m' }, [aNamespace('a'), aNamespace('b', 1)]);
    expect(allocated(result)).toEqual([['a', 'new', '10.0.0.2']]);
    expect(result.waiting.map(({ namespace }) => namespace)).toEqual(['b']);
    expect(result.wakeAt).toBe('2026-02-01T00:10:00.000Z');
  });

  it('is free once it has cooled down, and at once where there is no cool-down', () => {
    expect(allocated(planWith({ coolDown: '5m' }, [aNamespace('a')]))).toEqual([['a', 'new', '10.0.0.1']]);
    expect(allocated(planWith({}, [aNamespace('a')]))).toEqual([['a', 'new', '10.0.0.1']]);
  });

  it('returns to a namespace of the same name, within ten minutes or the cool-down, whichever is longer', () => {
    const older = aNamespace('older', -1);
    expect(allocated(planWith({}, [aNamespace('gone')]))).toEqual([['gone', 'returned', '10.0.0.1']]);
    expect(
      allocated(planWith({ coolDown: '1h' }, [aNamespace('gone'), older], undefined, '2026-02-01T00:59:00Z')),
    ).toEqual([
      ['gone', 'returned', '10.0.0.1'],
      ['older', 'new', '10.0.0.2'],
    ]);
    expect(allocated(planWith({}, [aNamespace('gone'), older], undefined, '2026-02-01T00:10:00Z'))).toEqual([
      ['gone', 'new', '10.0.0.2'],
      ['older', 'new', '10.0.0.1'],
    ]);
  });

  it.each(['99999999999h', '9'.repeat(60) + 'h'])(
    'does not stop the plan by a cool-down of %s, which is longer than time can tell',
    (coolDown) => {
      const result = planWith({ coolDown }, [aNamespace('a'), aNamespace('b', 1)]);
      expect(allocated(result)).toEqual([['a', 'new', '10.0.0.2']]);
      expect(result.findings.map(({ code }) => code)).toContain('InvalidCoolDown');
    },
  );

  it('at the end of time, or at no time at all, does not stop the plan either', () => {
    const last = planWith({ coolDown: '10m' }, [aNamespace('a'), aNamespace('b', 1)], '+275760-09-13T00:00:00Z');
    expect(last.wakeAt).toBe('+275760-09-13T00:00:00.000Z');
    const never = planWith({ coolDown: '10m' }, [aNamespace('a')], 'never');
    expect(allocated(never)).toEqual([['a', 'new', '10.0.0.1']]);
    expect(never.findings).toContainEqual(
      expect.objectContaining({ code: 'InvalidObject', field: 'status.released[0].releasedAt' }),
    );
  });

  it('is no way to keep a CIDR from others: who gave back many waits with other wishes, and has back what it had', () => {
    const released = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address) => ({
      namespace: 'restless',
      addresses: [address],
      releasedAt: '2026-02-01T00:00:00Z',
    }));
    const asking = (address: string): Plan =>
      plan(
        aSnapshot({
          time: '2026-02-01T00:05:00Z',
          nodes: [aNode('n1')],
          egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], { coolDown: '1h', released })],
          namespaces: [
            aNamespace('restless', 0, { egressIPs: address }),
            aNamespace('calm', 1, { egressIPs: '10.0.0.7' }),
          ],
        }),
      );
    const other = asking('10.0.0.6');
    expect(allocated(other)).toEqual([['calm', 'input', '10.0.0.7']]);
    expect(other.waiting.map(({ namespace, mender, reason }) => [namespace, mender, reason.code])).toEqual([
      ['restless', 'owner', 'TooManyChanges'],
    ]);
    expect(other.wakeAt).toBe('2026-02-01T01:00:00.000Z');
    expect(allocated(asking('10.0.0.3'))).toEqual([
      ['calm', 'input', '10.0.0.7'],
      ['restless', 'input', '10.0.0.3'],
    ]);
  });
});
