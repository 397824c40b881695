import { ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import {
  seededRandom,
  startCloudNetworkConfigController,
  startOvnClusterManager,
  type CloudNetworkConfigOptions,
  type FaultProxyTarget,
  type NetworkCrd,
  type OvnClusterManager,
  type OvnClusterManagerOptions,
  type StandIn,
} from '@egressip-ipam/sandbox';
import { egressIPAMs, egressIPs, namespaces, nodes } from '../support/resources.ts';
import type { RunOptions } from '../../../src/run/options.ts';
import { OperatorHere } from '../support/operator-here.ts';
import { removeNamespace } from '../support/remove-namespace.ts';
import { startServer, type ServerName, type Write } from '../support/start-server.ts';

const crds: readonly NetworkCrd[] = ['egressips', 'egressfirewalls', 'cloudprivateipconfigs'];
export const prefix = 'egressip-ipam-operator.redhat-cop.io';
export const assignable = 'k8s.ovn.org/egress-assignable';

/** A cluster with OVN-Kubernetes, in which its stand-ins are at work. */
export interface OvnCluster {
  readonly rest: RestClient;
  readonly kubeconfig: string;
  /** Where proxies lead to. */
  readonly target: FaultProxyTarget;
  readonly logged: string[];
  client(resource: Resource): ResourceClient;
  addNode(
    name: string,
    zone: string,
    addresses: readonly string[],
    more?: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly labels?: Readonly<Record<string, string>>;
    },
  ): Promise<void>;
  setReady(node: string, ready: boolean): Promise<unknown>;
  addPool(name: string, cidrAssignments: readonly object[], more?: object): Promise<unknown>;
  addNamespace(name: string, annotations?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Deletes it, and does what the namespace controller does. */
  removeNamespace(name: string): Promise<void>;
  annotate(namespace: string, annotations: Readonly<Record<string, string | null>>): Promise<unknown>;
  annotation(namespace: string): Promise<string | undefined>;
  /** `ADDRESS@NODE` of an EgressIP's status, sorted; empty where it does not exist. */
  assigned(egressIP: string): Promise<readonly string[]>;
  /** Its spec; undefined where it does not exist. */
  spec(egressIP: string): Promise<Record<string, unknown> | undefined>;
  events(reason: string): Promise<readonly string[]>;
  /** Writes of the operator so far. */
  writes(): Promise<readonly Write[]>;
  run(options?: Partial<RunOptions>): void;
  stopOperator(): Promise<number>;
  startClusterManager(): Promise<OvnClusterManager>;
  readonly standIns: StandIn[];
  stop(): Promise<void>;
}

/** What a cluster may have beside. */
export interface OvnClusterOptions {
  /** The cloud under the nodes, for the cloud network config controller. */
  readonly cloud?: Omit<CloudNetworkConfigOptions, 'rest'>;
  /** How each cluster manager is run. */
  readonly manager?: Pick<OvnClusterManagerOptions, 'lease' | 'delay'>;
  /** Done before anything is started. */
  readonly prepare?: (rest: RestClient) => Promise<void>;
}

/** Starts a server, the CRDs, OVN-Kubernetes' cluster manager and, on a cloud, the cloud network config controller. */
export async function startOvnCluster(
  server: ServerName,
  { cloud, manager: managed, prepare }: OvnClusterOptions = {},
): Promise<OvnCluster> {
  const { rest, clusterManager, kubeconfig, target, writes, stop } = await startServer(server, crds);
  await prepare?.(rest);
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const operator = new OperatorHere(kubeconfig);
  const standIns: StandIn[] = [];
  const startClusterManager = async (): Promise<OvnClusterManager> => {
    const manager = await startOvnClusterManager({
      rest: clusterManager,
      cloud: cloud !== undefined,
      random: seededRandom(7),
      ...managed,
    });
    standIns.push(manager);
    return manager;
  };
  if (cloud !== undefined) standIns.push(await startCloudNetworkConfigController({ rest, ...cloud }));
  await startClusterManager();
  const find = async (name: string): Promise<KubernetesObject | undefined> =>
    (await client(egressIPs).list()).items.find(({ metadata }) => metadata.name === name);
  return {
    rest,
    kubeconfig,
    target,
    logged: operator.logged,
    client,
    addNode: async (name, zone, addresses, { annotations = {}, labels = {} } = {}) => {
      const [ipv4, ipv6] = [
        addresses.find((address) => !address.includes(':')),
        addresses.find((address) => address.includes(':')),
      ];
      const own = {
        'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({
          ...(ipv4 === undefined ? {} : { ipv4 }),
          ...(ipv6 === undefined ? {} : { ipv6 }),
        }),
        'k8s.ovn.org/host-cidrs': JSON.stringify(addresses),
      };
      await client(nodes).create({
        metadata: { name, labels: { zone, ...labels }, annotations: { ...own, ...annotations } },
      });
      await client(nodes).mergePatch(
        { name },
        {
          status: {
            addresses: addresses.map((address) => ({ type: 'InternalIP', address: address.split('/')[0] })),
            conditions: [{ type: 'Ready', status: 'True' }],
          },
        },
        { subresource: 'status' },
      );
    },
    setReady: (name, ready) =>
      client(nodes).mergePatch(
        { name },
        { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
        { subresource: 'status' },
      ),
    addPool: (name, cidrAssignments, more = {}) =>
      client(egressIPAMs).create({ metadata: { name }, spec: { topologyLabel: 'zone', cidrAssignments, ...more } }),
    addNamespace: (name, annotations = { egressipam: 'pool' }) =>
      client(namespaces).create({ metadata: { name, annotations: prefixed(annotations) } }),
    removeNamespace: (name) => removeNamespace(rest, name),
    annotate: (name, annotations) =>
      client(namespaces).mergePatch({ name }, { metadata: { annotations: prefixed(annotations) } }),
    annotation: async (name) => (await client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/egressips`],
    assigned: async (name) => {
      const { status } = ((await find(name)) ?? {}) as {
        status?: { items?: readonly { egressIP: string; node: string }[] };
      };
      return (status?.items ?? []).map(({ egressIP, node }) => `${egressIP}@${node}`).sort();
    },
    spec: async (name) => (await find(name))?.['spec'] as Record<string, unknown> | undefined,
    events: async (reason) => {
      const { items } = await client({
        group: '',
        version: 'v1',
        plural: 'events',
        kind: 'Event',
        namespaced: true,
      }).list();
      return items
        .filter((event) => event['reason'] === reason)
        .map(
          (event) =>
            `${(event as unknown as { involvedObject: { name: string } }).involvedObject.name}: ${String(event['message'])}`,
        );
    },
    writes,
    run: (options) => operator.run(options),
    stopOperator: () => operator.stop(),
    startClusterManager,
    standIns,
    stop: async () => {
      await operator.stop();
      for (const standIn of standIns) await standIn.stop();
      await stop();
    },
  };
}

function prefixed<Value extends string | null>(annotations: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value]));
}
