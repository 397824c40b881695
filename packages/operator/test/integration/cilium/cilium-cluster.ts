import { ResourceClient, type RestClient } from '@egressip-ipam/kube';
import {
  egressNodesCrd,
  installCrds,
  seededRandom,
  startCilium,
  startEgressAgents,
  type Cilium,
  type CiliumOptions,
  type EgressAgents,
} from '@egressip-ipam/sandbox';
import type { RunOptions } from '../../../src/run/options.ts';
import { openCrd } from '../../../src/trial/open-crd.ts';
import { OperatorHere } from '../support/operator-here.ts';
import {
  ciliumNodes,
  configMaps,
  egressGatewayPolicies,
  egressIPAMs,
  namespaces,
  nodes,
} from '../support/resources.ts';
import { startServer, type ServerName, type Write } from '../support/start-server.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';

/** A cluster with Cilium, whose agents and ours are stand-ins. */
export interface CiliumCluster {
  readonly rest: RestClient;
  readonly kubeconfig: string;
  readonly cilium: Cilium;
  readonly agents: EgressAgents;
  readonly logged: string[];
  /** Each time that an address was in the kernels of two nodes. */
  readonly doubles: string[];
  addNamespace(name: string): Promise<unknown>;
  removeClaim(name: string): Promise<unknown>;
  allocated(namespace: string): Promise<string | undefined>;
  /** The nodes whose kernel answers for an address. */
  holders(address: string): readonly string[];
  setReady(node: string, status: string): Promise<unknown>;
  /** Power off, and the API server says so. */
  powerOff(node: string): Promise<void>;
  powerOn(node: string): Promise<void>;
  /** The destination that the policies of a namespace name, `ADDRESS@NODE`. */
  policies(): Promise<readonly string[]>;
  writes(): Promise<readonly Write[]>;
  run(options?: Partial<RunOptions>): void;
  stopOperator(): Promise<number>;
  stop(): Promise<void>;
}

/** A machine of the cluster. */
export interface CiliumMachine {
  readonly name: string;
  readonly address: string;
  /** Default `z`. */
  readonly zone?: string;
  readonly providerID?: string;
}

/** Machines on no cloud. */
export function machinesNamed(names: readonly string[]): readonly CiliumMachine[] {
  return names.map((name, index) => ({ name, address: `10.0.0.${index + 1}` }));
}

/** Starts a server with nodes, by default three, Cilium and our agents on them. */
export async function startCiliumCluster(
  name: ServerName,
  machines: readonly CiliumMachine[] = machinesNamed(['a', 'b', 'c']),
  { writesNodes = false }: Pick<CiliumOptions, 'writesNodes'> = {},
): Promise<CiliumCluster> {
  const server = await startServer(name, ['ciliumegressgatewaypolicies']);
  const { rest } = server;
  await installCrds(rest, [egressNodesCrd, ...(writesNodes ? [openCrd(ciliumNodes)] : [])]);
  const names = machines.map((machine) => machine.name);
  for (const { name: node, address, zone = 'z', providerID } of machines) {
    await new ResourceClient(rest, nodes).create({
      metadata: { name: node, labels: { zone, 'kubernetes.io/hostname': node } },
      ...(providerID === undefined ? {} : { spec: { providerID } }),
    });
    await new ResourceClient(rest, nodes).mergePatch(
      { name: node },
      { status: { addresses: [{ type: 'InternalIP', address }], conditions: ready('True') } },
      { subresource: 'status' },
    );
  }
  const config = { 'enable-egress-gateway': 'true', 'enable-bpf-masquerade': 'true', 'kube-proxy-replacement': 'true' };
  await new ResourceClient(rest, namespaces).create({ metadata: { name: 'kube-system' } }).catch(() => undefined);
  await new ResourceClient(rest, configMaps).create({
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: config,
  });
  const setReady = (node: string, status: string): Promise<unknown> =>
    new ResourceClient(rest, nodes).mergePatch(
      { name: node },
      { status: { conditions: ready(status) } },
      { subresource: 'status' },
    );
  const doubles: string[] = [];
  const holders = (address: string): readonly string[] => names.filter((node) => agents.addressesOf(node).has(address));
  const agents: EgressAgents = await startEgressAgents({
    rest,
    namespace: 'default',
    subnetsOf: () => ['10.0.0.0/16'],
    onChange: (node) => {
      for (const address of agents?.addressesOf(node) ?? [])
        if (holders(address).length > 1) doubles.push(`${address}: ${holders(address).join()}`);
    },
  });
  const cilium = await startCilium({
    rest,
    interval: 20,
    lag: 5,
    writesNodes,
    random: seededRandom(1),
    addressesOf: (node) => agents.addressesOf(node),
  });
  const operator = new OperatorHere(server.kubeconfig);
  return {
    rest,
    kubeconfig: server.kubeconfig,
    cilium,
    agents,
    logged: operator.logged,
    doubles,
    holders,
    addNamespace: (namespace) =>
      new ResourceClient(rest, namespaces).create({
        metadata: { name: namespace, annotations: { [`${prefix}/egressipam`]: 'pool' } },
      }),
    removeClaim: (namespace) =>
      new ResourceClient(rest, namespaces).mergePatch(
        { name: namespace },
        { metadata: { annotations: { [`${prefix}/egressipam`]: null } } },
      ),
    allocated: async (namespace) =>
      (await new ResourceClient(rest, namespaces).get({ name: namespace })).metadata.annotations?.[
        `${prefix}/egressips`
      ],
    powerOff: async (node) => {
      agents.powerOff(node);
      cilium.powerOff(node);
      await setReady(node, 'Unknown');
    },
    powerOn: async (node) => {
      agents.powerOn(node);
      cilium.powerOn(node);
      await setReady(node, 'True');
    },
    setReady,
    policies: async () => {
      const { items } = await new ResourceClient(rest, egressGatewayPolicies).list();
      return items.flatMap((item) => {
        const { egressGateway } = item['spec'] as {
          egressGateway?: { egressIP?: string; nodeSelector?: { matchLabels?: Record<string, string> } };
        };
        return `${egressGateway?.egressIP}@${egressGateway?.nodeSelector?.matchLabels?.['kubernetes.io/hostname']}`;
      });
    },
    writes: () => server.writes(),
    run: (options) => operator.run(options),
    stopOperator: () => operator.stop(),
    stop: async () => {
      await operator.stop();
      await cilium.stop();
      await agents.stop();
      await server.stop();
    },
  };
}

/** The pool of all of them. */
export function addPool(rest: RestClient, CIDR = '10.0.0.128/28'): Promise<unknown> {
  return new ResourceClient(rest, egressIPAMs).create({
    metadata: { name: 'pool' },
    spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR, labelValue: 'z' }] },
  });
}

function ready(status: string): readonly object[] {
  return [{ type: 'Ready', status }];
}
