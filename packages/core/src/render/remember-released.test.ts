import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Precondition } from '../network-contract/step.ts';
import { parseAddress } from '../address/address.ts';
import { plain } from '../plain/plain-network.ts';
import type { Plan } from '../plan/plan-types.ts';
import { plan } from '../plan/planner.ts';
import type { ClusterSnapshot, ReleasedAddresses } from '../snapshot/snapshot.ts';
import { aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

const addressOf = (index: number): string => `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
const most = 10_000;

/** A cluster in which so many namespaces went away, and others are remembered. */
function departing(count: number, released: readonly ReleasedAddresses[], time: string): ClusterSnapshot {
  const departed = Array.from({ length: count }, (_, index) => ({
    namespace: `gone-${index}`,
    egressIPAM: 'pool',
    addresses: [addressOf(index)],
  }));
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/16=a'], { coolDown: '1h', released })];
  return { ...aSnapshot({ egressIPAMs, nodes: [aNode('n1')] }), time: `2026-01-01T${time}:00Z`, departed };
}

/** The plan, and what has to be before an address goes. */
function planned(snapshot: ClusterSnapshot, ...addresses: readonly string[]): [Plan, readonly Precondition[]] {
  let before: readonly Precondition[] = [];
  const backend: NetworkBackend = {
    ...plain,
    render: ({ order }) => {
      before = addresses.flatMap((text) => order.beforeForgetting(parseAddress(text) ?? 0));
      return { steps: [], findings: [] };
    },
  };
  return [plan(snapshot, backend), before];
}

const releasedIn = ({ steps }: Plan): readonly ReleasedAddresses[] | undefined =>
  steps.flatMap((step) => (step.kind === 'remember' ? [step.released] : []))[0];

describe('more cool-downs than a status has room for', () => {
  const [result, before] = planned(departing(most + 20, [], '10:00'), addressOf(0), addressOf(most));
  const released = releasedIn(result) ?? [];

  it('wait, each with its last trace, and the EgressIPAM says so', () => {
    expect(released).toHaveLength(most);
    expect(before).toEqual([
      { kind: 'step', id: 'remember pool' },
      { kind: 'observed', object: { kind: 'EgressIPAM', name: 'pool' }, state: 'room' },
    ]);
    expect(result.egressIPAMs[0]?.late).toHaveLength(20);
    expect(result.findings).toContainEqual(
      expect.objectContaining({ code: 'TooManyCooling', message: expect.stringContaining('20 more') as string }),
    );
  });

  it('law 10: write nothing while there is no room, and tell when there is', () => {
    const [full, stillBefore] = planned(departing(most + 20, released, '10:30'), addressOf(most));
    expect(full.steps.filter(({ kind }) => kind === 'remember')).toEqual([]);
    expect(full.egressIPAMs[0]?.released).toEqual(released);
    expect(stillBefore).toMatchObject([{ state: 'room' }]);
    expect(full.wakeAt).toBe('2026-01-01T11:00:00.000Z');
  });

  it('are remembered as soon as others have ended', () => {
    const snapshot = departing(most + 20, released, '11:01');
    const waiting = { ...snapshot, departed: snapshot.departed?.slice(most) ?? [] };
    const [later, laterBefore] = planned(waiting, addressOf(most));
    expect(laterBefore).toEqual([{ kind: 'step', id: 'remember pool' }]);
    expect(releasedIn(later)?.some(({ addresses }) => addresses.includes(addressOf(most)))).toBe(true);
    expect(later.findings.filter(({ code }) => code === 'TooManyCooling')).toEqual([]);
  });
});

describe('a release of what cools down after an earlier one', () => {
  const earlier = { namespace: 'gone-0', addresses: [addressOf(0)], releasedAt: '2026-01-01T09:30:00Z' };
  const again = { namespace: 'gone-0', egressIPAM: 'pool', addresses: [addressOf(0), addressOf(1)] };

  it('takes its place once it is written down itself, and not before', () => {
    const written = planned({ ...departing(0, [earlier], '10:00'), departed: [again] })[0];
    expect(releasedIn(written)).toEqual([
      { namespace: 'gone-0', addresses: again.addresses, releasedAt: '2026-01-01T10:00:00Z' },
    ]);
    const others = departing(most, [], '09:59').departed?.slice(2) ?? [];
    const full = others.map(({ namespace, addresses }) => ({
      namespace,
      addresses,
      releasedAt: '2026-01-01T09:59:00Z',
    }));
    const more = { ...earlier, namespace: 'other', addresses: ['10.0.200.1'] };
    const crowded = planned({ ...departing(0, [more, earlier, ...full], '10:00'), departed: [again] })[0];
    expect(releasedIn(crowded)).toBeUndefined();
    expect(crowded.egressIPAMs[0]).toMatchObject({
      released: [more, earlier, ...full],
      late: [{ namespace: 'gone-0' }],
    });
  });
});
