import { ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import {
  findMoto,
  startSdnMaster,
  startStrictEc2,
  type Ec2Node,
  type NetworkCrd,
  type StrictEc2,
} from '@egressip-ipam/sandbox';
import { expect } from 'vitest';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../support/resources.ts';
import type { RunOptions } from '../../../src/run/options.ts';
import { OperatorHere } from '../support/operator-here.ts';
import { observeLaws, type LawObserver } from '../support/law-observer.ts';
import { spawnOperator, type OperatorProcess } from '../support/operator-process.ts';
import { removeNamespace } from '../support/remove-namespace.ts';
import { oneServer, startServer, type TestServer } from '../support/start-server.ts';
import { noMoto, unless } from '../../../../../tools/testing/unless.ts';

/** Whether the networks' CRDs and moto (pip install 'moto[ec2,server]') are there. */
export const withMoto = unless(findMoto() === undefined, noMoto);
const prefix = 'egressip-ipam-operator.redhat-cop.io';
const zoneLabel = 'topology.kubernetes.io/zone';
export const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;
export const cidrs = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'] as const;

/** Nodes of OpenShift SDN that are instances of a strict EC2, on a real API server where there is one. */
export interface AwsCluster {
  readonly ec2: StrictEc2;
  readonly workers: readonly Ec2Node[];
  readonly server: TestServer;
  readonly rest: RestClient;
  readonly kubeconfig: string;
  readonly laws: LawObserver;
  /** Starts the operator in this process. */
  run(options?: Partial<RunOptions>): void;
  stopOperator(): Promise<number>;
  /** Whether the operator in this process has read everything. */
  isPlanning(): boolean;
  readonly logged: string[];
  /** Starts the operator in a process of its own. */
  spawn(kubeconfig?: string): OperatorProcess;
  client(resource: Resource): ResourceClient;
  addPool(name: string, cidrAssignments: readonly object[]): Promise<unknown>;
  addNamespace(name: string, annotations?: Readonly<Record<string, string>>): Promise<unknown>;
  annotation(name: string): Promise<string | undefined>;
  statusOf(egressIPAM: string): Promise<Readonly<Record<string, unknown>>>;
  events(reason: string): Promise<readonly string[]>;
  /** Deletes it, and does what the namespace controller does. */
  removeNamespace(name: string): Promise<void>;
  /** The worker's interface. */
  interfaceOf(node: string): string;
  /** A call to moto itself, past all rules. */
  moto(parameters: Readonly<Record<string, string>>): Promise<void>;
  /** Deletes the EgressIPAM and the namespaces, and waits until all of it is gone. */
  clear(pool: string, names: readonly string[]): Promise<void>;
  optOut(name: string): Promise<unknown>;
  setReady(node: string, ready: boolean): Promise<unknown>;
  boundTo(namespace: string): Promise<readonly string[]>;
  state(): Promise<AwsState>;
  stop(): Promise<void>;
}

/** Everything at one moment, by address. */
export interface AwsState {
  readonly hosted: ReadonlyMap<string, readonly string[]>;
  readonly recorded: ReadonlyMap<string, readonly string[]>;
  readonly bound: ReadonlyMap<string, readonly string[]>;
  /** Secondary addresses of interfaces. */
  readonly attached: ReadonlyMap<string, readonly string[]>;
}

export interface AwsClusterOptions {
  readonly workersPerZone: number;
  readonly instanceType: string;
  /** Default /24. */
  readonly subnets?: readonly string[];
  /** Files of the shared folder, beside those of OpenShift SDN. */
  readonly crds?: readonly NetworkCrd[];
}

/** Starts it all; the workers are Nodes with their provider IDs. */
export async function startAwsCluster({
  workersPerZone,
  instanceType,
  subnets = cidrs,
  crds = [],
}: AwsClusterOptions): Promise<AwsCluster> {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const [server, ec2] = await Promise.all([
    startServer(oneServer[0] ?? 'the sandbox', ['hostsubnets', 'netnamespaces', ...crds]),
    startStrictEc2(),
  ]);
  const { rest, kubeconfig } = server;
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const workers = await ec2.createCluster({
    zones: subnets.map((cidr, index) => ({ zone: zones[index] ?? '', cidr, workers: workersPerZone })),
    instanceType,
  });
  for (const { name, zone, providerID, primaryAddress } of workers) {
    await client(nodes).create({ metadata: { name, labels: { [zoneLabel]: zone } }, spec: { providerID } });
    await client(nodes).mergePatch(
      { name },
      {
        status: {
          addresses: [{ type: 'InternalIP', address: primaryAddress }],
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      },
      { subresource: 'status' },
    );
  }
  const master = await startSdnMaster({ rest });
  const laws = await observeLaws(rest);
  const processes: OperatorProcess[] = [];
  const cloud = { region: 'us-east-1', endpoint: ec2.url };
  const operator = new OperatorHere(kubeconfig, { cloud, cloudPollInterval: 5 });
  return {
    ec2,
    workers,
    server,
    rest,
    kubeconfig,
    logged: operator.logged,
    isPlanning: () => operator.isPlanning(),
    laws,
    client,
    spawn: (through = kubeconfig) => {
      const operator = spawnOperator(
        through,
        '--provider',
        'aws',
        '--cloud-region',
        cloud.region,
        '--cloud-endpoint',
        cloud.endpoint,
        '--cloud-poll-interval',
        '5',
      );
      processes.push(operator);
      return operator;
    },
    run: (options) => operator.run(options),
    stopOperator: () => operator.stop(),
    addPool: (name, cidrAssignments) =>
      client(egressIPAMs).create({ metadata: { name }, spec: { topologyLabel: zoneLabel, cidrAssignments } }),
    addNamespace: (name, annotations = {}) =>
      client(namespaces).create({
        metadata: {
          name,
          annotations: {
            [`${prefix}/egressipam`]: 'pool',
            ...Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value])),
          },
        },
      }),
    annotation: async (name) => (await client(namespaces).get({ name })).metadata.annotations?.[`${prefix}/egressips`],
    statusOf: async (name) =>
      ((await client(egressIPAMs).get({ name }))['status'] ?? {}) as Readonly<Record<string, unknown>>,
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
    removeNamespace: (name) => removeNamespace(rest, name),
    interfaceOf: (node) => workers.find(({ name }) => name === node)?.networkInterfaceId ?? '',
    moto: async (parameters) => {
      const authorization =
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=none';
      const answer = await fetch(ec2.motoUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
        body: new URLSearchParams({ Version: '2016-11-15', ...parameters }),
      });
      if (!answer.ok) throw new Error(`moto refuses ${parameters['Action']}: ${await answer.text()}`);
    },
    clear: async (pool, names) => {
      await client(egressIPAMs).delete({ name: pool });
      for (const name of names) await removeNamespace(rest, name);
      for (const end = Date.now() + 30_000; (await client(egressIPAMs).list()).items.length > 0;) {
        if (Date.now() > end) throw new Error(`EgressIPAM ${pool} does not go away`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    optOut: (name) =>
      client(namespaces).mergePatch({ name }, { metadata: { annotations: { [`${prefix}/egressipam`]: null } } }),
    setReady: (name, ready) =>
      client(nodes).mergePatch(
        { name },
        { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
        { subresource: 'status' },
      ),
    boundTo: async (name) => textsOf(await client(netNamespaces).get({ name }), 'egressIPs'),
    state: async () => {
      const [hosts, claims, interfaces] = await Promise.all([
        client(hostSubnets).list(),
        client(netNamespaces).list(),
        Promise.all(
          workers.map(async (worker) => ({ worker, found: await ec2.networkInterface(worker.networkInterfaceId) })),
        ),
      ]);
      return {
        hosted: byAddress(hosts.items.map((item) => [item.metadata.name, textsOf(item, 'egressIPs')])),
        recorded: byAddress(
          hosts.items.map((item) => [
            item.metadata.name,
            (item.metadata.annotations?.[`${prefix}/hosted-ips`] ?? '')
              .split(',')
              .flatMap((entry) => entry.split('=')[0] || []),
          ]),
        ),
        bound: byAddress(claims.items.map((item) => [item.metadata.name, textsOf(item, 'egressIPs')])),
        attached: byAddress(interfaces.map(({ worker, found }) => [worker.name, found.secondaryAddresses])),
      };
    },
    stop: async () => {
      await operator.stop();
      for (const { child, ended } of processes) {
        child.kill('SIGKILL');
        await ended;
      }
      await laws.stop();
      await master.stop();
      await server.stop();
      await ec2.close();
    },
  };
}

function textsOf(object: KubernetesObject, field: string): readonly string[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function byAddress(entries: readonly (readonly [string, readonly string[]])[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const [name, addresses] of entries)
    for (const address of addresses) map.set(address, [...(map.get(address) ?? []), name]);
  return map;
}

/** What holds whenever nothing is under way: hosted, recorded, attached and bound agree, address by address. */
export function expectInStep({ hosted, recorded, bound, attached }: AwsState, foreign: readonly string[] = []): void {
  const ours = (map: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> =>
    Object.fromEntries([...map].filter(([address]) => !foreign.includes(address)).sort());
  expect(ours(attached)).toEqual(ours(hosted));
  expect(ours(recorded)).toEqual(ours(hosted));
  for (const [address, nodes] of hosted) expect(nodes, address).toHaveLength(1);
  for (const [address, owners] of bound) {
    expect(owners, address).toHaveLength(1);
    expect(attached.has(address), `${address} is bound and on an interface`).toBe(true);
  }
}
