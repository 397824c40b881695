import { describe, expect, it } from 'vitest';
import { agentLeaseLabel, agentLeaseName, inspectAgentLease, readAgentLease, renewedLease } from './agent-lease.ts';

const metadata = { name: agentLeaseName('worker-1'), labels: { [agentLeaseLabel.key]: agentLeaseLabel.value } };

describe('the Lease of an agent in a file', () => {
  it('tells whose it is, and whether anybody holds it', () => {
    const spec = { holderIdentity: 'worker-1_1', leaseDurationSeconds: 6 };
    const isOf = { name: metadata.name, node: 'worker-1', term: 6_000 };
    expect(inspectAgentLease({ metadata, spec })).toMatchObject({ ok: true, value: { ...isOf, holder: 'worker-1_1' } });
    const taken = inspectAgentLease({ metadata, spec: { ...spec, holderIdentity: '' } });
    expect(taken.ok && taken.value.holder).toBeUndefined();
  });

  it('is not meant where it is not labelled as one, or is called otherwise', () => {
    for (const other of [{ name: metadata.name }, { ...metadata, name: 'kube-scheduler' }, undefined, 7])
      expect(inspectAgentLease({ metadata: other })).toEqual({ ok: false, problems: [] });
    for (const other of [undefined, null, 'text', []])
      expect(inspectAgentLease(other)).toEqual({ ok: false, problems: [] });
  });

  it.each([undefined, 'text', { leaseDurationSeconds: Number.NaN }, { leaseDurationSeconds: Infinity, renewTime: {} }])(
    'is read with %j as its spec, as one that nobody holds',
    (spec) => {
      const read = inspectAgentLease({ metadata, spec });
      expect(read).toMatchObject({ ok: true, value: { node: 'worker-1', term: 0 } });
      expect(read.ok && read.value.holder).toBeUndefined();
    },
  );
});

it('keeps little of texts without end, whichever agent of another node wrote them', () => {
  const long = 'x'.repeat(500_000);
  const annotations = { 'egressip-ipam-operator.redhat-cop.io/peer-endpoint': `${long} 9811` };
  const lease = readAgentLease({
    metadata: { ...metadata, annotations },
    spec: { holderIdentity: long, renewTime: long },
  });
  expect(JSON.stringify(lease).length).toBeLessThan(2_000);
});

it("says another renewal time each time, though the machine's clock stands still or is set back", () => {
  const renewal = {
    node: 'worker-1',
    namespace: 'operator',
    holder: 'worker-1_1',
    term: 6_000,
    acknowledged: 0,
    counted: 0,
    endpoint: { address: '192.0.2.11', port: 1 },
  };
  let lease = renewedLease(undefined, { ...renewal, now: 0 });
  const times = [0, 0, 3_600_000, 0].map((now) => {
    lease = renewedLease(lease, { ...renewal, now });
    return readAgentLease(lease)?.renewTime;
  });
  expect(times).toEqual([
    '1970-01-01T00:00:00.000001Z',
    '1970-01-01T00:00:00.000002Z',
    '1970-01-01T01:00:00.000003Z',
    '1970-01-01T00:00:00.000004Z',
  ]);
});
