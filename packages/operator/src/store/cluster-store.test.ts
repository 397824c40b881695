import { buildSnapshot, plain, plan, type Allocation, type ClusterEvidence } from '@egressip-ipam/core';
import { createRestClient, ResourceClient, staticConnection } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it, vi } from 'vitest';
import { egressIPAMs, namespaces, nodes } from '../network/resources.ts';
import { openCrd } from '../trial/open-crd.ts';
import { ClusterStore } from './cluster-store.ts';

const evidence: ClusterEvidence = { served: new Map(), nodes: [] };
const prefix = 'egressip-ipam-operator.redhat-cop.io';

it('knows what a namespace had that got it and went away between two looks', async () => {
  const server = await createApiServer({ finalizeNamespaces: true, crds: [openCrd(egressIPAMs)] });
  const rest = createRestClient(staticConnection({ server: server.url }));
  let changes = 0;
  const store = new ClusterStore({
    rest,
    network: { backend: plain, recognition: plain.recognise(evidence), evidence },
    servesInfrastructures: false,
    remembersNodes: false,
    now: () => 0,
    onChange: () => (changes += 1),
    onError: () => undefined,
    onVanishing: () => undefined,
    onResumed: () => undefined,
  });
  try {
    const client = new ResourceClient(rest, namespaces);
    await new ResourceClient(rest, egressIPAMs).create({
      metadata: { name: 'pool' },
      spec: { topologyLabel: 'zone', cidrAssignments: [], maxClaims: { teamLabel: 'team', perTeam: 1 } },
    });
    store.namespaces.start();
    store.egressIPAMs.start();
    await vi.waitFor(() => expect([store.egressIPAMs.hasSynced, store.namespaces.hasSynced]).toEqual([true, true]));
    const before = changes;
    await client.create({
      metadata: { name: 'brief', labels: { team: 'shop' }, annotations: { [`${prefix}/egressipam`]: 'pool' } },
    });
    await client.mergePatch(
      { name: 'brief' },
      { metadata: { annotations: { [`${prefix}/egressips`]: '10.0.0.1', [`${prefix}/allocated`]: 'pool/10.0.0.1' } } },
    );
    await client.delete({ name: 'brief' });
    await vi.waitFor(() =>
      expect([changes > before, store.namespaces.list().some(({ name }) => name === 'brief')]).toEqual([true, false]),
    );
    const snapshot = store.snapshot({ name: 'none', attach: false, cloud: false, observationRequired: false });
    expect(snapshot.departed).toEqual([
      {
        namespace: 'brief',
        egressIPAM: 'pool',
        addresses: ['10.0.0.1'],
        labels: { team: 'shop' },
      },
    ]);
  } finally {
    await Promise.all([store.namespaces.stop(), store.egressIPAMs.stop()]);
    rest.close();
    await server.stop();
  }
});

it('remembers what a plan gives of what is on record, until it is carried: no record proves it while writes are under way', async () => {
  const server = await createApiServer({ crds: [openCrd(egressIPAMs)] });
  const rest = createRestClient(staticConnection({ server: server.url }));
  const store = new ClusterStore({
    rest,
    network: { backend: plain, recognition: plain.recognise(evidence), evidence },
    servesInfrastructures: false,
    remembersNodes: false,
    now: () => 0,
    onChange: () => undefined,
    onError: () => undefined,
    onVanishing: () => undefined,
    onResumed: () => undefined,
  });
  const allocation = (given: Partial<Allocation>): Allocation => ({
    namespace: 'shop',
    egressIPAM: 'pool',
    source: 'recorded',
    addresses: ['10.0.0.1'],
    nodes: [null],
    carried: false,
    ...given,
  });
  const notePromises = (given: Partial<Allocation>): readonly string[] | undefined => {
    store.notePromises({ ...plan(buildSnapshot({})), allocations: [allocation(given)] });
    return store.namespaces.list().find(({ name }) => name === 'shop')?.unconfirmed;
  };
  try {
    await new ResourceClient(rest, namespaces).create({
      metadata: {
        name: 'shop',
        annotations: { [`${prefix}/egressipam`]: 'pool', [`${prefix}/allocated`]: 'pool/10.0.0.1' },
      },
    });
    store.namespaces.start();
    await vi.waitFor(() => expect(store.namespaces.hasSynced).toBe(true));
    const provider = { name: 'none', attach: false, cloud: false, observationRequired: false };
    expect(store.snapshot(provider).isFirstLook).toBe(true);
    expect(notePromises({ source: 'new' })).toBeUndefined();
    expect(store.snapshot(provider).isFirstLook).toBeUndefined();
    expect(notePromises({})).toEqual(['10.0.0.1']);
    expect(notePromises({ source: 'kept' })).toEqual(['10.0.0.1']);
    expect(notePromises({ source: 'kept', carried: true })).toBeUndefined();
  } finally {
    await store.namespaces.stop();
    rest.close();
    await server.stop();
  }
});

it("tells the cluster's own networks, and addresses of Services once they are read", () => {
  const rest = createRestClient(staticConnection({ server: 'http://127.0.0.1:9' }));
  const network = {
    backend: plain,
    recognition: plain.recognise(evidence),
    evidence: { ...evidence, clusterNetworks: ['10.128.0.0/14'] },
  };
  const options = {
    rest,
    network,
    servesInfrastructures: false,
    remembersNodes: false,
    now: () => 0,
    onChange: () => undefined,
    onError: () => undefined,
    onVanishing: () => undefined,
    onResumed: () => undefined,
  };
  const provider = { name: 'none', attach: false, cloud: false, observationRequired: false };
  expect(new ClusterStore(options).snapshot(provider)).toMatchObject({ clusterNetworks: ['10.128.0.0/14'] });
  expect(new ClusterStore(options).unsynced).not.toContain('Service');
  expect(new ClusterStore({ ...options, readsServices: true }).unsynced).toContain('Service');
  rest.close();
});

it('remembers machines of nodes that went where a provider attaches to them, and nowhere else', async () => {
  const server = await createApiServer();
  const rest = createRestClient(staticConnection({ server: server.url }));
  const recognition = plain.recognise(evidence);
  let attaches: 'at-work' | undefined = 'at-work';
  const backend = {
    ...plain,
    recognise: () => ({ ...recognition, ...(attaches === undefined ? {} : { clusterAttaches: attaches }) }),
  };
  const store = new ClusterStore({
    rest,
    network: { backend, recognition, evidence },
    servesInfrastructures: false,
    remembersNodes: true,
    now: () => 0,
    onChange: () => undefined,
    onError: () => undefined,
    onVanishing: () => undefined,
    onResumed: () => undefined,
  });
  const machines = (): readonly string[] => store.machines.map(({ name }) => name);
  const client = new ResourceClient(rest, nodes);
  const add = (name: string) => client.create({ metadata: { name }, spec: { providerID: `aws:///a/${name}` } });
  try {
    store.nodes.start();
    await vi.waitFor(() => expect(store.nodes.hasSynced).toBe(true));
    for (const name of ['by-cluster', 'by-us', 'stays']) await add(name);
    await client.delete({ name: 'by-cluster' });
    await vi.waitFor(() => expect(machines()).toEqual(['by-us', 'stays']));
    attaches = undefined;
    await add('new');
    await vi.waitFor(() => expect(machines()).toEqual(['by-us', 'new', 'stays']));
    await client.delete({ name: 'by-us' });
    await vi.waitFor(() => expect(store.nodes.list().map(({ name }) => name)).toEqual(['new', 'stays']));
    expect(machines()).toEqual(['by-us', 'new', 'stays']);
  } finally {
    await store.nodes.stop();
    rest.close();
    await server.stop();
  }
});
