import { asRecord } from '@egressip-ipam/core/plugin';
import type { KubernetesObject, Resource } from '@egressip-ipam/kube';
import { describe, expect, it } from 'vitest';
import { AntreaCluster, ways } from '../antrea/antrea-cluster.ts';
import { startCiliumCluster } from '../cilium/cilium-cluster.ts';
import { startOvnCluster } from '../ovn/ovn-cluster.ts';
import { SdnCluster } from '../sdn/sdn-cluster.ts';
import { conditionOf } from '../support/carried.ts';
import { ClusterObjects } from '../support/cluster-objects.ts';
import { egressGatewayPolicies, egresses, egressIPs, netNamespaces } from '../support/resources.ts';
import { oneServer, type ServerName } from '../support/start-server.ts';

/** A cluster in which records are forged. */
interface Stage {
  readonly objects: ClusterObjects;
  run(): void;
  stopOperator(): Promise<number>;
  stop(): Promise<void>;
}

interface Network {
  readonly name: string;
  /** What says by which addresses a namespace leaves. */
  readonly binding: Resource;
  /**
   * Whether a copy of a binding that the record beside it calls ours is taken back: OpenShift SDN makes one for each
   * namespace itself, and on Antrea it stays and is told of, as its managed fields are somebody else's.
   */
  readonly takesCopiesBack: boolean;
  start(server: ServerName): Promise<Stage>;
}

const machines = ['a', 'b'].flatMap((zone, index) =>
  [1, 2].map((number) => ({ name: `${zone}${number}`, zone, address: `10.0.0.${2 * index + number}` })),
);

const networks: readonly Network[] = [
  {
    name: 'OVN-Kubernetes',
    binding: egressIPs,
    takesCopiesBack: true,
    start: async (server) => {
      const cluster = await startOvnCluster(server);
      for (const { name, zone, address } of machines) await cluster.addNode(name, zone, [`${address}/16`]);
      return { ...cluster, objects: new ClusterObjects(cluster.rest) };
    },
  },
  {
    name: 'OpenShift SDN',
    binding: netNamespaces,
    takesCopiesBack: false,
    start: async (server) => {
      const cluster = await SdnCluster.start(server);
      for (const { name, zone, address } of machines) await cluster.addNode(name, zone, address);
      return {
        objects: cluster,
        run: () => cluster.run(),
        stopOperator: () => cluster.stopOperator(),
        stop: () => cluster.stop(),
      };
    },
  },
  {
    name: 'Cilium',
    binding: egressGatewayPolicies,
    takesCopiesBack: true,
    start: async (server) => {
      const cluster = await startCiliumCluster(server, machines);
      return { ...cluster, objects: new ClusterObjects(cluster.rest) };
    },
  },
  ...ways.map((way): Network => ({
    name: `Antrea, where ${way}`,
    binding: egresses,
    takesCopiesBack: false,
    start: async (server) => {
      const cluster = await AntreaCluster.start(server, way, { machines });
      return {
        objects: cluster,
        run: () => cluster.run(),
        stopOperator: () => cluster.operator.stop(),
        stop: () => cluster.stop(),
      };
    },
  })),
];

const victims = ['one', 'two', 'three'];
/** By namespace: what its owner writes as asked for and as allocated, and why it is refused. */
const forgeries: readonly (readonly [string, string, string])[] = [
  ['clone', '10.0.1.1', 'DuplicateAddress'],
  ['twin', '10.0.1.2', 'DuplicateAddress'],
  ['broadcast', '10.0.1.15', 'AddressReserved'],
  ['reserved', '10.0.1.7', 'AddressReserved'],
  ['outside', '10.0.9.9', 'AddressOutsideCIDR'],
];
const cases = networks.flatMap((network) => oneServer.map((server) => ({ network, server, name: network.name })));

describe.each(cases)('law 11: forged records on $name, on $server', ({ network, server }) => {
  it('get what input gets, whenever the operator is started, and take nothing from who has it', async () => {
    const stage = await network.start(server);
    const { objects } = stage;
    const restart = async (): Promise<void> => {
      await stage.stopOperator();
      stage.run();
    };
    try {
      await objects.addPool('pool', [{ CIDR: '10.0.1.0/28', labelValue: 'a', reservedIPs: ['10.0.1.7'] }]);
      stage.run();
      for (const name of victims) await objects.addNamespace(name);
      await eventually(async () => expect(await said(objects)).toEqual(['True', '3/3', '3/3', {}]));
      const had = await Promise.all(victims.map((name) => objects.annotation(name)));
      for (const [index, [name, address]] of forgeries.entries()) {
        if (index % 2 === 0) await stage.stopOperator();
        await objects.addNamespace(name, {
          egressipam: 'pool',
          egressips: address,
          allocated: `pool/${address}`,
        });
        if (network.takesCopiesBack && name === 'clone') await copyBinding(objects, network.binding, 'one', name);
        if (index % 2 === 0) stage.run();
      }
      // Who claims nothing at all writes down what another has.
      await objects.addNamespace('idle', { allocated: 'pool/10.0.1.2', egressips: '10.0.1.2' });
      await restart();
      const refused = Object.fromEntries(forgeries.map(([name, , code]) => [name, code]));
      await eventually(async () => expect(await said(objects)).toEqual(['True', '3/8', '3/8', refused]));
      await restart();
      await eventually(async () => expect(await said(objects)).toEqual(['True', '3/8', '3/8', refused]));
      expect(await Promise.all(victims.map((name) => objects.annotation(name)))).toEqual(had);
      for (const [name] of [...forgeries, ['idle']] as const) {
        const bindings = await bindingsOf(objects, network.binding, name ?? '');
        for (const address of had) expect(JSON.stringify(bindings)).not.toContain(`"${address}"`);
      }
    } finally {
      await stage.stop();
    }
  }, 240_000);
});

/** What binds the traffic of a namespace, by its name or by whom it selects. */
async function bindingsOf(objects: ClusterObjects, resource: Resource, namespace: string): Promise<readonly unknown[]> {
  const { items } = await objects.client(resource).list();
  return items
    .filter(({ metadata, ...rest }) => metadata.name === namespace || JSON.stringify(rest).includes(`"${namespace}"`))
    .map(({ metadata: _metadata, ...rest }) => rest);
}

/** Makes for a namespace what another one has, with its labels, as who clones it with all that is there. */
async function copyBinding(
  objects: ClusterObjects,
  resource: Resource,
  from: string,
  namespace: string,
): Promise<void> {
  const { items } = await objects.client(resource).list();
  const own = items.find(({ metadata }) => metadata.name.split(/[.-]/).includes(from));
  if (own === undefined) throw new Error(`${from} has none of ${resource.plural}`);
  const { metadata, status: _status, ...rest } = own as KubernetesObject & { readonly status?: unknown };
  const copy = JSON.parse(JSON.stringify(rest).replaceAll(`"${from}"`, `"${namespace}"`)) as object;
  const name = metadata.name.replace(from, namespace);
  await objects.client(resource).create({ ...copy, metadata: { name, labels: metadata.labels ?? {} } });
}

/** What the EgressIPAM says: Ready, who is served and carried, and who waits for what. */
async function said(objects: ClusterObjects): Promise<unknown> {
  const status = await objects.statusOf('pool');
  const { served, carried } = asRecord(status['summary']);
  const waiting = (status['waitingClaims'] ?? []) as readonly { readonly namespace: string; readonly reason: string }[];
  return [
    conditionOf(status, 'Ready'),
    served,
    carried,
    Object.fromEntries(waiting.map(({ namespace, reason }) => [namespace, reason])),
  ];
}

function eventually(look: () => Promise<void>): Promise<void> {
  return expect
    .poll(
      () =>
        look().then(
          () => 'as it should be',
          (error: unknown) => String(error),
        ),
      { timeout: 60_000, interval: 200 },
    )
    .toBe('as it should be');
}
