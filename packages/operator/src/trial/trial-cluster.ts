import {
  createRestClient,
  ResourceClient,
  staticConnection,
  type KubernetesObject,
  type Resource,
} from '@egressip-ipam/kube';
import {
  createApiServer,
  trialNetworks,
  type TrialBinding,
  type TrialNetwork,
  type TrialNetworkName,
} from '@egressip-ipam/sandbox';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { egressIPAMs, namespaces, nodes } from '../network/resources.ts';
import { reasonOf } from '../output/reason-of.ts';
import { openCrd } from './open-crd.ts';

/**
 * A small cluster inside this process: three zones, nine nodes, one EgressIPAM, and a stand-in for what programs the
 * network.
 */
export interface TrialCluster {
  readonly kubeconfig: string;
  /** What is worth knowing of the network once a node has died. */
  readonly afterMove: string | undefined;
  /** What leaves with which addresses, by the network's objects: namespaces that have any, by name. */
  readBindings(): Promise<readonly TrialBinding[]>;
  addNamespace(name: string): Promise<unknown>;
  setReady(node: string, ready: boolean): Promise<unknown>;
  stop(): Promise<void>;
}

const zones = ['a', 'b', 'c'];
const nodesPerZone = 3;
const zoneLabel = 'topology.kubernetes.io/zone';

/** Starts the cluster; its network's stand-in is at work when this resolves. Where it fails, nothing of it is left. */
export async function startTrialCluster(name: TrialNetworkName): Promise<TrialCluster> {
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.reverse()) await end();
  };
  try {
    return { ...(await startParts(trialNetworks[name], ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param ends takes what ends each part, once it is there */
async function startParts(network: TrialNetwork, ends: (() => unknown)[]): Promise<Omit<TrialCluster, 'stop'>> {
  const server = await createApiServer({
    finalizeNamespaces: true,
    crds: [openCrd(egressIPAMs), ...network.crds],
  });
  ends.push(() => server.stop());
  const rest = createRestClient(staticConnection({ server: server.url }));
  ends.push(() => rest.close());
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const setReady = (node: string, ready: boolean): Promise<KubernetesObject> =>
    client(nodes).mergePatch(
      { name: node },
      { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
      { subresource: 'status' },
    );
  for (const [index, zone] of zones.entries()) {
    for (let number = 1; number <= nodesPerZone; number += 1)
      await addNode(client(nodes), network, zone, `10.0.${index}.${10 + number}`, `worker-${zone}${number}`);
  }
  const running = await network.start(rest);
  ends.push(() => running.stop());
  await client(egressIPAMs).create({
    metadata: { name: 'trial' },
    spec: {
      topologyLabel: zoneLabel,
      nodeSelector: { matchLabels: { role: 'egress' } },
      cidrAssignments: zones.map((zone, index) => ({
        CIDR: `10.0.${index}.128/27`,
        labelValue: zone,
        reservedIPs: [`10.0.${index}.129`],
      })),
    },
  });
  const folder = await makeFolder();
  ends.push(() => rm(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig());
  return {
    kubeconfig,
    afterMove: network.afterMove,
    readBindings: async () => {
      const bindings = await network.readBindings(rest);
      return bindings
        .filter(({ addresses }) => addresses.length > 0)
        .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
    },
    setReady: async (node, ready) => {
      if (!ready) running.powerOff?.(node);
      await setReady(node, ready);
    },
    addNamespace: (name) =>
      client(namespaces).create({
        metadata: { name, annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'trial' } },
      }),
  };
}

async function addNode(
  client: ResourceClient,
  { nodeAnnotations }: TrialNetwork,
  zone: string,
  address: string,
  name: string,
): Promise<void> {
  const annotations = nodeAnnotations?.(`${address}/24`) ?? {};
  await client.create({
    metadata: { name, labels: { [zoneLabel]: zone, 'kubernetes.io/hostname': name, role: 'egress' }, annotations },
  });
  await client.mergePatch(
    { name },
    { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } },
    { subresource: 'status' },
  );
}

/** @throws Error that names the folder and the way out */
async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'egressip-ipam-'));
  } catch (error) {
    throw new Error(
      `the trial keeps its kubeconfig in a temporary folder, and none can be made in ${tmpdir()}: ${reasonOf(error)}; set TMPDIR to a folder that can be written to`,
      { cause: error },
    );
  }
}
