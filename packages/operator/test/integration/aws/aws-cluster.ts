import { createRestClient, ResourceClient, staticConnection, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import { createApiServer, findEnvtestAssets, installCrds, startEnvtest, startSdnMaster, startStrictEc2, type Ec2Node, type StrictEc2 } from '@egressip-ipam/sandbox';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../../../src/network/resources.ts';
import { createLog } from '../../../src/run/log.ts';
import type { RunOptions } from '../../../src/run/options.ts';
import { runOperator } from '../../../src/run/run-operator.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
export const sharedCrds = join(root, '../shared/crds');
const prefix = 'egressip-ipam-operator.redhat-cop.io';
const zoneLabel = 'topology.kubernetes.io/zone';
export const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;
export const cidrs = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'] as const;

/** Nodes of OpenShift SDN that are instances of a strict EC2, on a real API server where there is one. */
export interface AwsCluster {
  readonly ec2: StrictEc2;
  readonly workers: readonly Ec2Node[];
  readonly rest: RestClient;
  readonly kubeconfig: string;
  /** Starts the operator in this process. */
  run(options?: Partial<RunOptions>): void;
  stopOperator(): Promise<number>;
  readonly logged: string[];
  /** Options for an operator in a process of its own. */
  readonly arguments: readonly string[];
  addPool(name: string, cidrAssignments: readonly object[]): Promise<unknown>;
  addNamespace(name: string): Promise<unknown>;
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
}

/** Starts it all; the workers are Nodes with their provider IDs. */
export async function startAwsCluster({ workersPerZone, instanceType }: AwsClusterOptions): Promise<AwsCluster> {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const [server, ec2] = await Promise.all([startServer(), startStrictEc2()]);
  const { rest, kubeconfig } = server;
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  const workers = await ec2.createCluster({ zones: zones.map((zone, index) => ({ zone, cidr: cidrs[index] ?? '', workers: workersPerZone })), instanceType });
  for (const { name, zone, providerID, primaryAddress } of workers) {
    await client(nodes).create({ metadata: { name, labels: { [zoneLabel]: zone } }, spec: { providerID } });
    await client(nodes).mergePatch({ name }, { status: { addresses: [{ type: 'InternalIP', address: primaryAddress }], conditions: [{ type: 'Ready', status: 'True' }] } }, { subresource: 'status' });
  }
  const master = await startSdnMaster({ rest });
  const logged: string[] = [];
  let stopOperator = (): Promise<number> => Promise.resolve(0);
  const cloud = { region: 'us-east-1', endpoint: ec2.url };
  return {
    ec2,
    workers,
    rest,
    kubeconfig,
    logged,
    arguments: ['run', '--kubeconfig', kubeconfig, '--provider', 'aws', '--cloud-region', cloud.region, '--cloud-endpoint', cloud.endpoint, '--cloud-poll-interval', '5', '--metrics-bind-address', '0', '--health-probe-bind-address', '0'],
    run: (options = {}) => {
      const abort = new AbortController();
      const log = createLog((line) => void logged.push(line), { format: 'text', level: 'info', now: () => Date.now() });
      const ended = runOperator({ kubeconfig, leaderElect: false, leaseDuration: 15, renewDeadline: 10, retryPeriod: 2, namespace: 'default', provider: 'aws', cloud, cloudPollInterval: 5, metricsBindAddress: '0', healthProbeBindAddress: '0', logLevel: 'info', logFormat: 'text', ...options }, log, abort.signal);
      stopOperator = () => (abort.abort(), ended);
    },
    stopOperator: () => stopOperator(),
    addPool: (name, cidrAssignments) => client(egressIPAMs).create({ metadata: { name }, spec: { topologyLabel: zoneLabel, cidrAssignments } }),
    addNamespace: (name) => client(namespaces).create({ metadata: { name, annotations: { [`${prefix}/egressipam`]: 'pool' } } }),
    optOut: (name) => client(namespaces).mergePatch({ name }, { metadata: { annotations: { [`${prefix}/egressipam`]: null } } }),
    setReady: (name, ready) => client(nodes).mergePatch({ name }, { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } }, { subresource: 'status' }),
    boundTo: async (name) => textsOf(await client(netNamespaces).get({ name }), 'egressIPs'),
    state: async () => {
      const [hosts, claims, interfaces] = await Promise.all([client(hostSubnets).list(), client(netNamespaces).list(), Promise.all(workers.map(async (worker) => ({ worker, found: await ec2.networkInterface(worker.networkInterfaceId) })))]);
      return {
        hosted: byAddress(hosts.items.map((item) => [item.metadata.name, textsOf(item, 'egressIPs')])),
        recorded: byAddress(hosts.items.map((item) => [item.metadata.name, (item.metadata.annotations?.[`${prefix}/hosted-ips`] ?? '').split(',').flatMap((entry) => entry.split('=')[0] || [])])),
        bound: byAddress(claims.items.map((item) => [item.metadata.name, textsOf(item, 'egressIPs')])),
        attached: byAddress(interfaces.map(({ worker, found }) => [worker.name, found.secondaryAddresses])),
      };
    },
    stop: async () => {
      await stopOperator();
      await master.stop();
      await server.stop();
      await ec2.close();
    },
  };
}

interface Server {
  readonly rest: RestClient;
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const crds = [join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'), ...['hostsubnets', 'netnamespaces'].map((name) => join(sharedCrds, `network.openshift.io_${name}.yaml`))];
  if (findEnvtestAssets() !== undefined) {
    const envtest = await startEnvtest({});
    if (envtest === undefined) throw new Error('the API server is there and does not start');
    const rest = envtest.client();
    await installCrds(rest, crds);
    const kubeconfig = join(envtest.folder, 'operator.kubeconfig');
    await envtest.writeKubeconfig(kubeconfig);
    return { rest, kubeconfig, stop: () => envtest.stop() };
  }
  const server = await createApiServer({ finalizeNamespaces: true });
  const rest = createRestClient(staticConnection({ server: server.url }));
  await installCrds(rest, crds);
  const kubeconfig = join(await mkdtemp(join(tmpdir(), 'aws-test-')), 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig());
  return { rest, kubeconfig, stop: async () => { rest.close(); await server.stop(); } };
}

function textsOf(object: KubernetesObject, field: string): readonly string[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function byAddress(entries: readonly (readonly [string, readonly string[]])[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const [name, addresses] of entries) for (const address of addresses) map.set(address, [...(map.get(address) ?? []), name]);
  return map;
}
