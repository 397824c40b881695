import { describe, expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';

const younger = { name: 'younger', createdAt: '2026-01-02T00:00:00Z' };

function saidOf(...egressIPAMs: readonly EgressIPAMSnapshot[]): readonly string[] {
  const namespaces = [aNamespace('shop', 1, { egressIPAM: 'younger' })];
  const { findings, waiting } = plan(aSnapshot({ nodes: [aNode('n1', 'a')], egressIPAMs, namespaces }));
  expect(waiting.map(({ reason, mender }) => [reason.code, mender])).toEqual([['WaitingForNodes', 'cluster']]);
  return [...findings.filter(({ code }) => code === 'NoNodes'), ...waiting.map(({ reason }) => reason)].map(
    ({ message }) => message,
  );
}

describe('a CIDR assignment without nodes', () => {
  it('names the older EgressIPAM that has them, and the way out', () => {
    const said = saidOf(anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=a'], younger));
    expect(said).toHaveLength(2);
    for (const text of said)
      expect(text).toMatch(
        /belongs to the older EgressIPAM pool\b.*; give each of the two its own nodes by nodeSelector/,
      );
  });

  it('says that no node has the label only where none has it', () => {
    const [finding, reason] = saidOf(anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.1.0.0/24=b'], younger));
    expect(finding).toMatch(
      /^no node has \S+=b, so 10\.1\.0\.0\/24 cannot be served; label nodes or correct labelValue$/,
    );
    expect(reason).toMatch(/no node has \S+=b; label nodes or correct labelValue$/);
  });

  it('says that its nodeSelector selects none of those that have it', () => {
    const nodeSelector = { matchLabels: { role: 'egress' } };
    const [finding] = saidOf(anEgressIPAM(['10.1.0.0/24=a'], { ...younger, nodeSelector }));
    expect(finding).toMatch(/^none of the nodes that its nodeSelector selects has \S+=a, so/);
  });
});
