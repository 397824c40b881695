import { asRecord } from '@egressip-ipam/core/plugin';
import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { AntreaCluster, ways } from '../antrea/antrea-cluster.ts';
import { startCiliumCluster } from '../cilium/cilium-cluster.ts';
import { startOvnCluster } from '../ovn/ovn-cluster.ts';
import { SdnCluster } from '../sdn/sdn-cluster.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { cilium, ovnKubernetes, texts } from '../support/observed-networks.ts';
import { egresses, egressGatewayPolicies, egressIPs, netNamespaces } from '../support/resources.ts';
import type { ServerName, Write } from '../support/start-server.ts';

/** A cluster in which a storm rages: what differs by the network. */
export interface StormCluster {
  readonly objects: ClusterObjects;
  readonly kubeconfig: string;
  readonly laws: LawObserver;
  /** Each time that an address was in the kernels of two nodes. */
  readonly doubles: readonly string[];
  setReady(node: string, isReady: boolean): Promise<unknown>;
  /** Power off, and the API server says so; and on again. */
  setPower?(node: string, isOn: boolean): Promise<unknown>;
  /** Ends the network's controller and starts another. */
  restartNetwork?(): Promise<void>;
  writes(): Promise<readonly Write[]>;
  stop(): Promise<void>;
}

/** A network, as a storm needs it. */
export interface StormNetwork {
  readonly name: string;
  /** The zones in whose CIDRs each namespace has an address. */
  readonly zones: readonly string[];
  /** What binds traffic to addresses. */
  readonly binding: Resource;
  /** The addresses that an object of `binding` binds traffic to. */
  readonly boundIn: (object: KubernetesObject) => readonly string[];
  start(server: ServerName): Promise<StormCluster>;
}

/** By zone. */
export const cidrs: Readonly<Record<string, string>> = { a: '10.0.1.0/24', b: '10.0.17.0/24', c: '10.0.33.0/24' };
/** Three nodes in each zone, which is a subnet of its own. */
export const machines = Object.keys(cidrs).flatMap((zone, index) =>
  [1, 2, 3].map((number) => ({ name: `${zone}${number}`, zone, address: `10.0.${index * 16}.${number}` })),
);

const specOf = (object: KubernetesObject): Readonly<Record<string, unknown>> => asRecord(object['spec']);

const openshiftSdn: StormNetwork = {
  name: 'OpenShift SDN',
  zones: ['a', 'b'],
  binding: netNamespaces,
  boundIn: (object) => texts(object['egressIPs']),
  start: async (server) => {
    const cluster = await SdnCluster.start(server);
    for (const { name, zone, address } of machines) await cluster.addNode(name, zone, address);
    return {
      objects: cluster,
      kubeconfig: cluster.server.kubeconfig,
      laws: cluster.laws,
      doubles: [],
      setReady: (node, isReady) => cluster.setReady(node, isReady),
      writes: () => cluster.server.writes(),
      stop: () => cluster.stop(),
    };
  },
};

const ovn: StormNetwork = {
  name: 'OVN-Kubernetes',
  zones: ['a', 'b'],
  binding: egressIPs,
  boundIn: (object) => texts(specOf(object)['egressIPs']),
  start: async (server) => {
    const cluster = await startOvnCluster(server);
    const laws = await observeLaws(cluster.rest, ovnKubernetes);
    for (const { name, zone, address } of machines) await cluster.addNode(name, zone, [`${address}/20`]);
    return {
      objects: new ClusterObjects(cluster.rest),
      kubeconfig: cluster.kubeconfig,
      laws,
      doubles: [],
      setReady: (node, isReady) => cluster.setReady(node, isReady),
      restartNetwork: async () => {
        for (const standIn of cluster.standIns.splice(0)) await standIn.stop();
        await cluster.startClusterManager();
      },
      writes: () => cluster.writes(),
      stop: async () => {
        await laws.stop();
        await cluster.stop();
      },
    };
  },
};

const ciliumWithAgents: StormNetwork = {
  name: 'Cilium',
  zones: ['a'],
  binding: egressGatewayPolicies,
  boundIn: (object) => texts([asRecord(specOf(object)['egressGateway'])['egressIP']]),
  start: async (server) => {
    const cluster = await startCiliumCluster(server, machines);
    const laws = await observeLaws(cluster.rest, cilium);
    return {
      objects: new ClusterObjects(cluster.rest),
      kubeconfig: cluster.kubeconfig,
      laws,
      doubles: cluster.doubles,
      setReady: (node, isReady) => cluster.setReady(node, isReady ? 'True' : 'False'),
      setPower: (node, isOn) => (isOn ? cluster.powerOn(node) : cluster.powerOff(node)),
      writes: () => cluster.writes(),
      stop: async () => {
        await laws.stop();
        await cluster.stop();
      },
    };
  },
};

const antreas = ways.map((way): StormNetwork => ({
  name: `Antrea, where ${way}`,
  zones: ['a'],
  binding: egresses,
  boundIn: (object) => texts([specOf(object)['egressIP']]),
  start: async (server) => {
    const cluster = await AntreaCluster.start(server, way, { machines });
    return {
      objects: cluster,
      kubeconfig: cluster.server.kubeconfig,
      laws: cluster.laws,
      doubles: cluster.doubles,
      setReady: (node, isReady) => cluster.setReady(node, isReady),
      setPower: (node, isOn) => (isOn ? cluster.powerOn(node) : cluster.powerOff(node)),
      writes: () => cluster.server.writes(),
      stop: () => cluster.stop(),
    };
  },
}));

/** All that the operator has built in. */
export const stormNetworks: readonly StormNetwork[] = [openshiftSdn, ovn, ciliumWithAgents, ...antreas];
