import {
  createRestClient,
  ResourceClient,
  staticConnection,
  type KubernetesObject,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import {
  createApiServer,
  seededRandom,
  startAntrea,
  startEgressAgents,
  startOvnClusterManager,
  startSdnMaster,
} from '@egressip-ipam/sandbox';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { egressIPAMs, namespaces, nodes } from '../network/resources.ts';
import { openCrd, trialCrds, type TrialNetwork } from './trial-crds.ts';

/** A small cluster inside this process: three zones, nine nodes, one EgressIPAM, and a stand-in for what programs the network. */
export interface TrialCluster {
  readonly rest: RestClient;
  readonly kubeconfig: string;
  addNamespace(name: string): Promise<unknown>;
  setReady(node: string, ready: boolean): Promise<unknown>;
  stop(): Promise<void>;
}

const zones = ['a', 'b', 'c'];
const nodesPerZone = 3;
const zoneLabel = 'topology.kubernetes.io/zone';

/** Starts the cluster; its network's stand-in is at work when this resolves. */
export async function startTrialCluster(network: TrialNetwork): Promise<TrialCluster> {
  const server = await createApiServer({
    finalizeNamespaces: true,
    crds: [openCrd(egressIPAMs), ...trialCrds[network]],
  });
  const rest = createRestClient(staticConnection({ server: server.url }));
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const setReady = (node: string, ready: boolean): Promise<KubernetesObject> =>
    client(nodes).mergePatch(
      { name: node },
      { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
      { subresource: 'status' },
    );
  for (const [index, zone] of zones.entries()) {
    for (let number = 1; number <= nodesPerZone; number += 1) await addNode(client(nodes), zone, index, number);
  }
  const standIn = await startNetwork(network, rest);
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
  const folder = await mkdtemp(join(tmpdir(), 'egressip-ipam-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig());
  return {
    rest,
    kubeconfig,
    setReady: async (node, ready) => {
      if (!ready) standIn.powerOff?.(node);
      await setReady(node, ready);
    },
    addNamespace: (name) =>
      client(namespaces).create({
        metadata: { name, annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'trial' } },
      }),
    stop: async () => {
      await standIn.stop();
      rest.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** What programs the network, as far as anything answers: Cilium's agents write nothing into the cluster, and addresses come from agents of this project. */
async function startNetwork(
  network: TrialNetwork,
  rest: RestClient,
): Promise<{ stop(): Promise<void>; powerOff?(node: string): void }> {
  switch (network) {
    case 'openshift-sdn':
      return startSdnMaster({ rest });
    case 'ovn-kubernetes':
      return startOvnClusterManager({ rest, random: seededRandom(1) });
    case 'antrea':
      return startAntrea({ rest });
    case 'cilium':
      return startEgressAgents({ rest, namespace: 'default' });
  }
}

async function addNode(client: ResourceClient, zone: string, zoneIndex: number, number: number): Promise<void> {
  const name = `worker-${zone}${number}`;
  const address = `10.0.${zoneIndex}.${10 + number}`;
  const annotations = {
    'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `${address}/24` }),
    'k8s.ovn.org/host-cidrs': JSON.stringify([`${address}/24`]),
  };
  await client.create({
    metadata: { name, labels: { [zoneLabel]: zone, 'kubernetes.io/hostname': name, role: 'egress' }, annotations },
  });
  await client.mergePatch(
    { name },
    { status: { addresses: [{ type: 'InternalIP', address }], conditions: [{ type: 'Ready', status: 'True' }] } },
    { subresource: 'status' },
  );
}
