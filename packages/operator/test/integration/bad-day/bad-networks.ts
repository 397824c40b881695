import type { Resource } from '@egressip-ipam/kube';
import { AntreaCluster, podsOf, ways } from '../antrea/antrea-cluster.ts';
import { startCiliumCluster } from '../cilium/cilium-cluster.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { egressGatewayPolicies, egresses, externalIPPools } from '../support/resources.ts';
import type { ServerName, Write } from '../support/start-server.ts';

/** A cluster that has a bad day: what differs by the network. */
export interface BadCluster {
  readonly objects: ClusterObjects;
  readonly logged: readonly string[];
  /** Each time that an address was in the kernels of two nodes. */
  readonly doubles: readonly string[];
  run(): void;
  addPod(namespace: string, node: string): void;
  /** How a namespace's pod leaves: `ADDRESS@NODE`, or in a word how else. */
  leavesBy(namespace: string): string;
  /** The nodes that answer for an address. */
  holders(address: string): readonly string[];
  writes(): Promise<readonly Write[]>;
  stop(): Promise<void>;
}

/** A network on which a bad day is tried. */
export interface BadNetwork {
  readonly name: string;
  /** Whether this project chooses the node of an address. */
  readonly placesByUs: boolean;
  /** What binds traffic, and what that needs. */
  readonly kinds: readonly Resource[];
  /** What an object says by which somebody else sends a namespace's traffic out by an address. */
  readonly foreign: (namespace: string, address: string) => object;
  start(server: ServerName, machines: readonly Machine[]): Promise<BadCluster>;
}

/** A node, in a zone. */
export interface Machine {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
}

const outside = '198.51.100.1';

const cilium: BadNetwork = {
  name: 'Cilium',
  placesByUs: true,
  kinds: [egressGatewayPolicies],
  foreign: (namespace, egressIP) => ({
    selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': namespace } } }],
    destinationCIDRs: ['0.0.0.0/0'],
    egressGateway: { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'b2' } }, egressIP },
  }),
  start: async (server, machines) => {
    const cluster = await startCiliumCluster(server, machines);
    let pods = 0;
    return {
      objects: new ClusterObjects(cluster.rest),
      logged: cluster.logged,
      doubles: cluster.doubles,
      run: () => cluster.run(),
      addPod: (namespace, node) =>
        cluster.cilium.addPod({ uid: namespace, namespace, node, addresses: [`10.1.0.${(pods += 1)}`] }),
      leavesBy: (namespace) => {
        const traffic = cluster.cilium.traffic(namespace, outside);
        if (traffic.kind !== 'egress') return traffic.kind;
        return traffic.held ? `${traffic.egressIP}@${traffic.node}` : 'not held';
      },
      holders: (address) => cluster.holders(address),
      writes: () => cluster.writes(),
      stop: () => cluster.stop(),
    };
  },
};

const antreas = ways.map((way): BadNetwork => ({
  name: `Antrea, where ${way}`,
  placesByUs: way === 'this project places',
  kinds: way === 'Antrea places' ? [externalIPPools, egresses] : [egresses],
  foreign: (namespace, egressIP) => ({ appliedTo: podsOf(namespace), egressIP }),
  start: async (server, machines) => {
    const cluster = await AntreaCluster.start(server, way, { machines });
    return {
      objects: cluster,
      logged: cluster.operator.logged,
      doubles: cluster.doubles,
      run: () => cluster.run(),
      addPod: (namespace, node) => cluster.addPod(namespace, node),
      leavesBy: (namespace) => cluster.leavesBy(namespace),
      holders: (address) => cluster.antrea.holders(address),
      writes: () => cluster.server.writes(),
      stop: () => cluster.stop(),
    };
  },
}));

/** Those that nothing but an agent or the network itself proves anything on. */
export const badNetworks: readonly BadNetwork[] = [cilium, ...antreas];
