import { plan, type KubernetesWrite, type NetworkEntry } from '@egressip-ipam/core';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { network } from '../network.ts';
import { antreaAtWork, dressed } from '../testing/antrea-at-work.ts';

const poolName = 'egressip-ipam.pool.10-0-0-0-29';
const name = 'egressip-ipam.team.10-0-0-1';
const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'team' } };
const egress = {
  name,
  egressIPAM: 'pool',
  namespace: 'team',
  namespaceSelector,
  egressIP: '10.0.0.1',
  externalIPPool: poolName,
  egressNode: 'n1',
  statusIP: '10.0.0.1',
};
const pool = {
  name: poolName,
  egressIPAM: 'pool',
  ipRanges: [{ start: '10.0.0.0', end: '10.0.0.7' }],
  nodeSelector: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n1'] }] },
};

function writes(objects: Readonly<Record<string, readonly NetworkEntry[]>>): readonly KubernetesWrite[] {
  const snapshot = aSnapshot(
    {
      egressIPAMs: [anEgressIPAM(['10.0.0.0/29=a'])],
      nodes: [dressed(aNode('n1'))],
      namespaces: [aNamespace('team', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' })],
      network: { name: 'antrea', objects },
    },
    network,
  );
  return plan(antreaAtWork(snapshot), network).steps.flatMap((step) =>
    step.kind === 'network' ? network.write(step) : [],
  );
}

describe('a write', () => {
  it('applies what is not there', () => {
    expect(writes({})).toMatchObject([
      { verb: 'apply', name: poolName },
      { verb: 'apply', name, object: { spec: { appliedTo: { namespaceSelector }, externalIPPool: poolName } } },
    ]);
    expect(JSON.stringify(writes({}))).not.toContain('null');
  });

  it('takes out of an Egress what others have put in, which an apply would leave there', () => {
    const narrowed = {
      ...egress,
      namespaceSelector: { matchLabels: { ...namespaceSelector.matchLabels, tier: 'web' } },
      podSelector: { matchLabels: { app: 'web' } },
    };
    expect(writes({ Egress: [narrowed], ExternalIPPool: [pool] })).toMatchObject([
      {
        verb: 'patch',
        name,
        body: {
          metadata: { labels: { 'egressip-ipam-operator.redhat-cop.io/namespace': 'team' } },
          spec: {
            appliedTo: {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': 'team', tier: null },
                matchExpressions: null,
              },
              podSelector: null,
            },
            egressIP: '10.0.0.1',
            externalIPPool: poolName,
          },
        },
      },
    ]);
  });

  it('takes out of a pool what others have put in', () => {
    const narrowed = { ...pool, nodeSelector: { ...pool.nodeSelector, matchLabels: { role: 'gateway' } } };
    expect(writes({ Egress: [egress], ExternalIPPool: [narrowed] })).toMatchObject([
      {
        verb: 'patch',
        name: poolName,
        body: { spec: { ipRanges: pool.ipRanges, nodeSelector: { ...pool.nodeSelector, matchLabels: null } } },
      },
    ]);
  });
});
