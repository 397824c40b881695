import { ResourceClient } from '@egressip-ipam/kube';
import {
  createFaultProxy,
  networkCrds,
  packetRules,
  seededRandom,
  startCilium,
  type Cilium,
  type FaultProxy,
  type Machine,
} from '@egressip-ipam/sandbox';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAgentMachines, type AgentMachines } from '../../../provider-agent/test/packets/agent-machines.ts';
import { spawnOperator, type OperatorProcess } from '../integration/support/operator-process.ts';
import { configMaps, egressGatewayPolicies, egressIPAMs, namespaces, nodes } from '../integration/support/resources.ts';
import { root, writeKubeconfig } from '../integration/support/start-server.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
/** The machines with agents. */
export const gateways = ['a', 'b', 'c'];
/** The machine with the pods. */
const worker = 'w';
const all = [...gateways, worker];
/** What pods send to. */
export const outside = '192.0.2.210';

/**
 * A cluster whose packets are real: agents on machines of their own, the operator, Cilium's maps as rules of each
 * kernel.
 */
export interface PacketCluster extends AgentMachines {
  readonly cilium: Cilium;
  /** What the operator's requests go through. */
  readonly operatorProxy: FaultProxy;
  /** What the agents' requests go through. */
  readonly agentProxy: FaultProxy;
  /** A kubeconfig that leads to the API server itself. */
  readonly kubeconfig: string;
  startOperator(): OperatorProcess;
  addNamespace(name: string): Promise<unknown>;
  removeNamespace(name: string): Promise<unknown>;
  /** A pod on the machine that has no agent, as a machine of its own. */
  addPod(namespace: string): Promise<Machine>;
  /** Has a pod send packets and keep connections, from now on. */
  startTraffic(pod: Machine): Traffic;
  /** By namespace, the address in its annotation. */
  allocations(): Promise<ReadonlyMap<string, string>>;
  /** By address, the node that a policy sends it to. */
  policies(): Promise<ReadonlyMap<string, string>>;
  setReady(node: string, status: 'True' | 'False' | 'Unknown'): Promise<unknown>;
  setLabel(node: string, label: string, value: string | null): Promise<unknown>;
  /** The power goes; the API server does not know yet. */
  powerOff(node: string): Promise<void>;
  /** It comes back, and with it the agent. */
  powerOn(node: string): Promise<void>;
}

/** Makes it, without an operator. */
export async function startPacketCluster(
  options: { readonly lag?: number; readonly term?: number } = {},
): Promise<PacketCluster> {
  let agentProxy: FaultProxy | undefined;
  let [pods, starts] = [0, 0];
  const machines = await startAgentMachines({
    names: gateways,
    ...(options.term === undefined ? {} : { term: options.term }),
    server: {
      crds: [
        readFileSync(join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'), 'utf8'),
        networkCrds.ciliumegressgatewaypolicies,
      ],
      finalizeNamespaces: true,
    },
    urlFor: async ({ url }) => (agentProxy = await createFaultProxy({ target: { url } })).url,
    segments: ['overlay', 'pods'],
    linksOf: (name) => [overlayLink(name)],
    prepare: prepareNode,
  });
  if (agentProxy === undefined) throw new Error('nothing asked for the URL of agents');
  const { rest, network, server } = machines;
  const operatorProxy = await createFaultProxy({ target: { url: server.url } });
  const kubeconfig = await writeKubeconfig(server.url, 'operator');
  const throughProxy = await writeKubeconfig(operatorProxy.url, 'operator');
  const workerMachine = await network.addMachine(worker, [
    { device: 'eth0', segment: 'lan', addresses: ['192.0.2.20/24'] },
    overlayLink(worker),
    { device: 'pods', segment: 'pods', addresses: ['10.1.0.1/16'] },
  ]);
  await prepareNode(workerMachine);
  const machineOf = (name: string): Machine => (name === worker ? workerMachine : machines.machine(name));
  const addressOf = (name: string): string => (name === worker ? '192.0.2.20' : machines.addressOf(name));
  const marks = (name: string): ReadonlyMap<string, number> =>
    new Map(all.flatMap((other, index) => (other === name ? [] : [[addressOf(other), index + 1]])));
  const program = (name: string, entries: Parameters<typeof packetRules>[0]): Promise<unknown> =>
    machineOf(name).run(
      'nft',
      ['-f', '-'],
      packetRules(entries, { outside: 'eth0', overlay: 'overlay', marks: marks(name) }),
    );
  const client = (resource: typeof nodes): ResourceClient => new ResourceClient(rest, resource);
  const setReady = (name: string, status: string): Promise<unknown> =>
    client(nodes).mergePatch(
      { name },
      { status: { conditions: [{ type: 'Ready', status }] } },
      { subresource: 'status' },
    );
  for (const name of all) {
    const zone = name === worker ? {} : { zone: 'z' };
    await client(nodes).create({ metadata: { name, labels: { ...zone, 'kubernetes.io/hostname': name } } });
    await client(nodes).mergePatch(
      { name },
      { status: { addresses: [{ type: 'InternalIP', address: addressOf(name) }] } },
      { subresource: 'status' },
    );
    await setReady(name, 'True');
    await program(name, []);
  }
  await client(configMaps).create({
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: { 'enable-egress-gateway': 'true', 'enable-bpf-masquerade': 'true', 'kube-proxy-replacement': 'true' },
  });
  await client(egressIPAMs).create({
    metadata: { name: 'pool' },
    spec: { topologyLabel: 'zone', coolDown: '1s', cidrAssignments: [{ CIDR: '192.0.2.128/27', labelValue: 'z' }] },
  });
  const cilium = await startCilium({
    rest,
    lag: options.lag ?? 5,
    random: seededRandom(1),
    addressesOf: (node) => (node === worker ? new Set([addressOf(worker)]) : machines.kernelOf(node)),
    onMaps: (node, entries) => void program(node, entries).catch(() => undefined),
  });
  const server210 = await network.addMachine('outside', [
    { device: 'eth0', segment: 'lan', addresses: [`${outside}/24`] },
  ]);
  const traffic = await startTraffic(server210, outside);
  return {
    ...machines,
    cilium,
    operatorProxy,
    agentProxy,
    kubeconfig,
    startOperator: () => spawnOperator(throughProxy, '--namespace', 'egressip-ipam-operator'),
    addNamespace: (name) =>
      client(namespaces).create({ metadata: { name, annotations: { [`${prefix}/egressipam`]: 'pool' } } }),
    removeNamespace: (name) => client(namespaces).delete({ name }),
    addPod: async (namespace) => {
      const [uid, address] = [`pod-${++pods}`, `10.1.1.${pods}`];
      const pod = await network.addMachine(uid, [{ device: 'eth0', segment: 'pods', addresses: [`${address}/16`] }]);
      await pod.run('ip', ['route', 'add', 'default', 'via', '10.1.0.1']);
      cilium.addPod({ uid, namespace, node: worker, addresses: [address] });
      return pod;
    },
    startTraffic: traffic,
    allocations: async () =>
      new Map(
        (await client(namespaces).list()).items.flatMap(({ metadata }) => {
          const address = metadata.annotations?.[`${prefix}/egressips`];
          return address === undefined ? [] : [[metadata.name, address] as const];
        }),
      ),
    policies: async () =>
      new Map(
        (await client(egressGatewayPolicies).list()).items.flatMap(({ spec }) => {
          const { destinationCIDRs, egressGateway } = spec as PolicySpec;
          const { egressIP = '', nodeSelector } = egressGateway;
          const node = nodeSelector.matchLabels?.['kubernetes.io/hostname'] ?? '';
          return destinationCIDRs.length === 0 ? [] : [[egressIP, node] as const];
        }),
      ),
    setReady,
    setLabel: (name, label, value) => client(nodes).mergePatch({ name }, { metadata: { labels: { [label]: value } } }),
    powerOff: async (name) => {
      cilium.powerOff(name);
      await network.powerOff(name);
    },
    powerOn: async (name) => {
      await machines.startMachine(name);
      const nodeInfo = { bootID: `start ${++starts}` };
      await client(nodes).mergePatch({ name }, { status: { nodeInfo } }, { subresource: 'status' });
      cilium.powerOn(name);
      machines.startAgent(name);
    },
    close: async () => {
      await cilium.stop();
      await operatorProxy.close();
      await agentProxy?.close();
      await machines.close();
    },
  };
}

interface PolicySpec {
  readonly destinationCIDRs: readonly string[];
  readonly egressGateway: {
    readonly egressIP?: string;
    readonly nodeSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

function overlayAddress(name: string): string {
  return `172.30.0.${all.indexOf(name) + 1}`;
}

function overlayLink(name: string) {
  return { device: 'overlay', segment: 'overlay', addresses: [`${overlayAddress(name)}/24`] };
}

/** Routes to pods by their node, and to each gateway by its mark. */
async function prepareNode(machine: Machine): Promise<void> {
  const off = ['all', 'eth0', 'overlay'].map((device) => `net.ipv4.conf.${device}.rp_filter=0`);
  await machine.run('sysctl', ['-qw', ...off]);
  const toPods = machine.name === worker ? '' : `route add 10.1.0.0/16 via ${overlayAddress(worker)}\n`;
  const toGateways = all.flatMap((other, index) =>
    other === machine.name
      ? []
      : [
          `route add default via ${overlayAddress(other)} table ${index + 1}\nrule add fwmark ${index + 1} table ${index + 1}\n`,
        ],
  );
  await machine.run('ip', ['-batch', '-'], `${toPods}${toGateways.join('')}`);
}
