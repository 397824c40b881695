import {
  createRestClient,
  staticConnection,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import {
  createApiServer,
  installCrds,
  networkCrds,
  startEnvtest,
  trialNetworks,
  type RunningNetwork,
} from '@egressip-ipam/sandbox';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { deployPath, releaseName } from '../../src/paths.ts';
import { openCrd } from '../../../packages/operator/src/trial/open-crd.ts';
import { ClusterObjects } from '../../../packages/operator/test/integration/support/cluster-objects.ts';
import { OperatorHere } from '../../../packages/operator/test/integration/support/operator-here.ts';
import * as resources from '../../../packages/operator/test/integration/support/resources.ts';
import type { ServerName } from '../../../packages/operator/test/integration/support/start-server.ts';
import { blocksOf } from '../../../tools/docs/code-blocks.ts';

/** A cluster that has what pages speak of. */
export interface ClusterOfPages {
  /** The namespace of the pages claims nothing, as whoever begins to read a page finds it. */
  forget(): Promise<void>;
  /** Resolves once the namespace of the pages has what it claims. */
  settle(): Promise<void>;
  /** Makes the pods of the Deployment that was applied. */
  addPods(): Promise<void>;
  stop(): Promise<void>;
}

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const tenant = 'shop';
const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};
const networks = ['antrea', 'cilium', 'ovn-kubernetes', 'openshift-sdn'] as const;
const longestWait = 20_000;

/** What pages choose nodes by: two for the tutorial, and one in each zone of the other pages. */
const nodeLabels = [
  { 'egress-zone': 'a', 'topology.kubernetes.io/zone': 'zone-c' },
  { 'egress-zone': 'a' },
  { 'topology.kubernetes.io/zone': 'zone-a' },
  { 'topology.kubernetes.io/zone': 'zone-b' },
];

/** The pool that the tutorial makes. */
const pool = parse(
  blocksOf('docs/tutorial.md').find(({ language }) => language === 'yaml')?.text ?? '',
) as KubernetesObject;

/**
 * Starts it. On one network after the other the operator, and what stands for the network, make their objects, which
 * stay; on the last one both are at work until the end.
 *
 * @param kubeconfig where the way to it is written
 */
export async function startClusterOfPages(name: ServerName, kubeconfig: string): Promise<ClusterOfPages> {
  const server = await (name === 'the sandbox' ? startSandbox(kubeconfig) : startReal(kubeconfig));
  const objects = new ClusterObjects(server.rest);
  const operator = new OperatorHere(kubeconfig);
  let network: RunningNetwork | undefined;
  const stop = async (): Promise<void> => {
    await operator.stop();
    await network?.stop();
  };
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    for (const end = performance.now() + longestWait; !(await isSo()); await wait(20))
      if (performance.now() > end) throw new Error(`${what}: not so yet\n${operator.logged.slice(-20).join('\n')}`);
  };

  await makeObjects(objects);
  for (const each of networks) {
    await stop();
    network = await trialNetworks[each].start(server.rest);
    operator.run({ network: each, ...(each === networks.at(-1) && { leaderElect: true, namespace: releaseName }) });
    await until(`${tenant} is carried on ${each}`, async () => {
      const bindings = await trialNetworks[each].readBindings(server.rest);
      const addresses = bindings.find(({ namespace }) => namespace === tenant)?.addresses ?? [];
      return addresses.length > 0 && addresses.every(({ node }) => node !== undefined);
    });
  }
  const claim = (egressipam: string | null): Promise<unknown> =>
    objects.annotate(tenant, { egressipam, ...(egressipam === null && { egressips: null }) });
  const forget = async (): Promise<void> => {
    await claim(null);
    for (const { metadata } of (await objects.client(resources.egressIPAMs).list()).items)
      if (metadata.name !== pool.metadata.name) await objects.client(resources.egressIPAMs).delete(metadata);
    await until(`${tenant} has nothing`, () => hasNothing(objects));
  };
  // What somebody has as the operator begins is no news, and this is: there are Events of it.
  await forget();
  await claim(pool.metadata.name);
  await until('Events tell of it', async () => (await objects.events('Allocated')).length > 0);
  return {
    forget,
    settle: () => until(`${tenant} has what it claims`, () => hasItsAddresses(objects)),
    addPods: () => addPods(objects),
    async stop() {
      await stop();
      server.rest.close();
      await server.stop();
    },
  };
}

/** A server, and a client that may do everything there. */
interface Server {
  readonly rest: RestClient;
  stop(): Promise<void>;
}

// Without TLS kubectl sends no token: everyone is let in.
async function startSandbox(kubeconfig: string): Promise<Server> {
  const server = await createApiServer({ finalizeNamespaces: true });
  await writeFile(kubeconfig, server.kubeconfig());
  return { rest: createRestClient(staticConnection({ server: server.url })), stop: () => server.stop() };
}

async function startReal(kubeconfig: string): Promise<Server> {
  const server = await startEnvtest();
  await server.writeKubeconfig(kubeconfig);
  return { rest: server.client(), stop: () => server.stop() };
}

/** What is there before anyone works: nodes, the pool of the tutorial, and a namespace that claims from it. */
async function makeObjects(objects: ClusterObjects): Promise<void> {
  await installCrds(objects.rest, [
    deployPath('crds/redhatcop.redhat.io_egressipams.yaml'),
    ...Object.values(trialNetworks).flatMap(({ crds }) => crds),
    networkCrds.egressfirewalls,
    openCrd(resources.ciliumNodes),
    openCrd(resources.networks),
  ]);
  await createAll(objects, 'objects.yaml');
  for (const [index, labels] of nodeLabels.entries())
    await addNode(objects, `worker-${index + 1}`, labels, `192.168.10.${11 + index}`);
  await objects.client(resources.egressIPAMs).create(pool);
  await objects.annotate(tenant, { egressipam: pool.metadata.name });
}

/** Whether the namespace has addresses of the EgressIPAM that it names, if there is one of that name. */
async function hasItsAddresses(objects: ClusterObjects): Promise<boolean> {
  const { annotations = {} } = (await objects.client(resources.namespaces).get({ name: tenant })).metadata;
  const { items } = await objects.client(resources.egressIPAMs).list();
  const claims = items.some(({ metadata }) => metadata.name === annotations[`${prefix}/egressipam`]);
  return !claims || annotations[`${prefix}/egressips`] !== undefined;
}

/** Whether the namespace has no address, and no EgressIPAM is there but the tutorial's. */
async function hasNothing(objects: ClusterObjects): Promise<boolean> {
  const { items } = await objects.client(resources.egressIPAMs).list();
  return items.length === 1 && (await objects.annotation(tenant)) === undefined;
}

/** A node that every network knows. */
function addNode(
  objects: ClusterObjects,
  name: string,
  labels: Readonly<Record<string, string>>,
  address: string,
): Promise<void> {
  return objects.addNode(name, 'none', address, {
    labels: { 'kubernetes.io/hostname': name, ...labels },
    annotations: trialNetworks['ovn-kubernetes'].nodeAnnotations?.(`${address}/24`) ?? {},
  });
}

/** Pods of networks, and one of the operator as the ReplicaSet would make it. */
async function addPods(objects: ClusterObjects): Promise<void> {
  await createAll(objects, 'pods.yaml');
  const deployment = await objects.client(deployments).get({ namespace: releaseName, name: releaseName });
  const { template } = deployment['spec'] as { template: { metadata: object; spec: object } };
  await objects.client(pods).create({
    ...template,
    metadata: { ...template.metadata, namespace: releaseName, name: `${releaseName}-1` },
  });
}

/** Creates the objects of a file beside this one. */
async function createAll(objects: ClusterObjects, file: string): Promise<void> {
  const known = [...Object.values(resources).flat(), pods].filter((value) => 'plural' in value);
  for (const document of parseAllDocuments(readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8'))) {
    const object = document.toJS() as KubernetesObject;
    const resource = known.find(({ kind }) => kind === object.kind);
    if (resource === undefined) throw new Error(`${file} has a ${object.kind}, of which nobody knows where it goes`);
    await objects.client(resource).create(object);
  }
}
