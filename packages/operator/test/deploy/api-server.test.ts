import { fileURLToPath } from 'node:url';
import {
  isForbidden,
  ResourceClient,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { findEnvtestAssets, installCrds, startEnvtest, type Envtest } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readKustomization, readManifests, type Manifest } from './documents.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

const serviceAccount = {
  token: 'operator',
  user: 'system:serviceaccount:egressip-ipam-operator:egressip-ipam-operator',
};
const egressIPAMs: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressipams',
  kind: 'EgressIPAM',
  namespaced: false,
};

/** What the original's definition accepts, oddities included. */
const originalSpec = {
  topologyLabel: 'egressGateway',
  nodeSelector: { matchLabels: { 'node-role.kubernetes.io/worker': '' } },
  cidrAssignments: [
    { CIDR: '192.169.0.5/24', labelValue: 'true', reservedIPs: ['192.159.0.5', 'not an address'] },
    { CIDR: '192.170.0.0/24', labelValue: '' },
  ],
};

/** Where objects of the shipped kinds are created. */
function collectionOf({ apiVersion, kind, metadata: { namespace } }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${kind.toLowerCase()}s`;
}

describe('the manifests on a real API server', unless(findEnvtestAssets() === undefined, noRealServer), () => {
  let envtest: Envtest;
  let admin: RestClient;
  let operator: RestClient;
  let pools: ResourceClient;

  beforeAll(async () => {
    envtest = await startEnvtest({ tokens: [serviceAccount] });
    admin = envtest.client();
    operator = envtest.client(serviceAccount.token);
    pools = new ResourceClient(admin, egressIPAMs);
    // A cluster that ran the original: its definition and an object first, then ours over it.
    await installCrds(admin, [fileURLToPath(new URL('original-crd.yaml', import.meta.url))]);
    await create('of-the-original', originalSpec);
    const [definition] = readManifests('crds/redhatcop.redhat.io_egressipams.yaml');
    await admin.request(
      'PATCH',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/egressipams.redhatcop.redhat.io',
      { body: definition, contentType: 'application/merge-patch+json' },
    );
    // The new schema is in force a moment after the write.
    await vi.waitFor(() => patch('of-the-original', { spec: { coolDown: '10m' } }), { timeout: 20_000, interval: 100 });
  });
  afterAll(async () => {
    operator?.close();
    admin?.close();
    await envtest?.stop();
  });

  const create = (name: string, spec: object): Promise<KubernetesObject> =>
    pools.create({ apiVersion: 'redhatcop.redhat.io/v1alpha1', kind: 'EgressIPAM', metadata: { name }, spec });

  const patch = (name: string, body: object): Promise<unknown> =>
    admin.request('PATCH', `/apis/redhatcop.redhat.io/v1alpha1/egressipams/${name}`, {
      body,
      contentType: 'application/merge-patch+json',
      query: { fieldValidation: 'Strict' },
    });

  it('keep what the original stored', async () => {
    await expect(pools.get({ name: 'of-the-original' })).resolves.toMatchObject({
      spec: { ...originalSpec, coolDown: '10m' },
    });
  });

  it('are accepted as they are', async () => {
    for (const object of readKustomization('manifests').filter(({ kind }) => kind !== 'CustomResourceDefinition')) {
      await admin.request('POST', collectionOf(object), { body: object, query: { fieldValidation: 'Strict' } });
    }
  });

  it('let the operator read and patch, and nothing beyond', async () => {
    await expect(operator.request('GET', '/api/v1/nodes')).resolves.toBeDefined();
    await expect(operator.request('GET', '/apis/redhatcop.redhat.io/v1alpha1/egressipams')).resolves.toBeDefined();
    await expect(operator.request('GET', '/api/v1/namespaces/egressip-ipam-operator/secrets')).rejects.toSatisfy(
      isForbidden,
    );
    await expect(operator.request('DELETE', '/api/v1/namespaces/default')).rejects.toSatisfy(isForbidden);
    await expect(
      operator.request('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
    ).rejects.toSatisfy(isForbidden);
  });

  it('take an EgressIPAM of the original unchanged', async () => {
    await expect(create('original', originalSpec)).resolves.toMatchObject({ spec: originalSpec });
  });

  it('take what is new', async () => {
    const spec = {
      topologyLabel: 'zone',
      coolDown: '1h30m',
      namespaceSelector: {
        matchExpressions: [
          { key: 'team', operator: 'In', values: ['red'] },
          { key: 'old', operator: 'DoesNotExist' },
        ],
      },
      cidrAssignments: [
        { CIDR: '2001:db8::/64', labelValue: 'a', drain: true, reservedIPs: ['2001:db8::1-2001:db8::ff'] },
      ],
    };
    await expect(create('new', spec)).resolves.toMatchObject({ spec });
  });

  it.each([
    ['a negative cool-down', { coolDown: '-5m' }, 'coolDown is a duration such as 10m or 1h30m'],
    ['a cool-down without a unit', { coolDown: '10' }, 'coolDown is a duration such as 10m or 1h30m'],
    [
      'In without values',
      { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In' }] } },
      'In and NotIn need at least one value',
    ],
    [
      'Exists with values',
      { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists', values: ['red'] }] } },
      'Exists and DoesNotExist take none',
    ],
  ])('refuse %s, and say what is right', async (_what, part, message) => {
    await expect(create('bad', { topologyLabel: 'zone', ...part })).rejects.toThrow(message);
  });

  it('keep a whole status, written by the operator', async () => {
    const status = {
      observedGeneration: 1,
      served: 2,
      waiting: 1,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'WaitingForCapacity',
          message: 'one claim waits',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          observedGeneration: 1,
        },
      ],
      cidrs: [
        {
          cidr: '2001:db8::/64',
          labelValue: 'a',
          total: '18446744073709551616',
          reserved: '1',
          allocated: 2,
          free: '18446744073709551613',
          placed: 2,
          capacity: 2,
          nodes: 1,
        },
      ],
      waitingClaims: [{ namespace: 'three', reason: 'WaitingForCapacity', message: 'no node has room' }],
      released: [{ namespace: 'old', addresses: ['2001:db8::9'], releasedAt: '2026-01-01T00:00:00Z' }],
    };
    await create('reported', { topologyLabel: 'zone' });
    const path = '/apis/redhatcop.redhat.io/v1alpha1/egressipams/reported';
    await operator.request('PATCH', `${path}/status`, {
      body: { status },
      contentType: 'application/merge-patch+json',
      query: { fieldValidation: 'Strict' },
    });
    await expect(pools.get({ name: 'reported' })).resolves.toMatchObject({ status });
  });
});
