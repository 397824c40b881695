import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Reflector, ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { installCrds, networkCrds, startEnvtest, startSdnMaster, type Envtest } from '@egressip-ipam/sandbox';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const resource = (group: string, version: string, plural: string, kind: string) => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});
const kinds = {
  namespaces: resource('', 'v1', 'namespaces', 'Namespace'),
  nodes: resource('', 'v1', 'nodes', 'Node'),
  pools: resource('redhatcop.redhat.io', 'v1alpha1', 'egressipams', 'EgressIPAM'),
  netNamespaces: resource('network.openshift.io', 'v1', 'netnamespaces', 'NetNamespace'),
  hostSubnets: resource('network.openshift.io', 'v1', 'hostsubnets', 'HostSubnet'),
};

/**
 * A real API server with the SDN's master, many nodes, and many namespaces that want an address of each of two zones.
 */
export interface BenchCluster {
  readonly envtest: Envtest;
  readonly rest: RestClient;
  readonly namespaces: readonly string[];
  client(kind: keyof typeof kinds): ResourceClient;
  /** What a watch shows of each object of a kind, by name. */
  watch(kind: keyof typeof kinds): Promise<BenchWatch>;
  setReady(node: string, ready: boolean): Promise<unknown>;
  stop(): Promise<void>;
}

/** By name: the `egressIPs` of HostSubnets or NetNamespaces. */
export interface BenchWatch {
  readonly egressIPs: ReadonlyMap<string, readonly string[]>;
  /** Resolves when this is so. */
  until(condition: (egressIPs: ReadonlyMap<string, readonly string[]>) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Does work on many things, sixteen at a time. */
export async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

/** Starts it; the pool is not there yet. */
export async function startBenchCluster(nodeCount: number, namespaceCount: number): Promise<BenchCluster> {
  const envtest = await startEnvtest({
    audit: true,
    tokens: [{ token: 'operator', user: 'operator', groups: ['system:masters'] }],
  });
  const rest = envtest.client();
  await installCrds(rest, [
    join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'),
    networkCrds.hostsubnets,
    networkCrds.netnamespaces,
  ]);
  const client = (kind: keyof typeof kinds): ResourceClient => new ResourceClient(rest, kinds[kind]);
  const setReady = (name: string, ready: boolean, more: object = {}): Promise<KubernetesObject> =>
    client('nodes').mergePatch(
      { name },
      { status: { ...more, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } },
      { subresource: 'status' },
    );
  const nodes = Array.from({ length: nodeCount }, (_, index) => ({
    name: `node-${String(index).padStart(4, '0')}`,
    index,
  }));
  await each(nodes, async ({ name, index }) => {
    await client('nodes').create({ metadata: { name, labels: { zone: index % 2 === 0 ? 'a' : 'b' } } });
    await setReady(name, true, {
      addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }],
    });
  });
  const namespaces = Array.from({ length: namespaceCount }, (_, index) => `bench-${String(index).padStart(4, '0')}`);
  await each(namespaces, (name) =>
    client('namespaces').create({
      metadata: { name, annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } },
    }),
  );
  const master = await startSdnMaster({ rest });
  for (const [kind, count] of [
    ['netNamespaces', namespaceCount],
    ['hostSubnets', nodeCount],
  ] as const)
    while ((await client(kind).list()).items.length < count) await wait(200);
  // With two CIDRs it has nothing more to do than to follow everything, in the process that measures.
  await master.stop();
  const stop = async (): Promise<void> => {
    rest.close();
    await envtest.stop();
  };
  return { envtest, rest, namespaces, client, watch: (kind) => watch(client(kind)), setReady, stop };
}

/** The pool that all namespaces claim from. */
export const pool = {
  metadata: { name: 'pool' },
  spec: {
    topologyLabel: 'zone',
    cidrAssignments: [
      { CIDR: '10.0.0.0/16', labelValue: 'a' },
      { CIDR: '10.1.0.0/16', labelValue: 'b' },
    ],
  },
};

async function watch(client: ResourceClient): Promise<BenchWatch> {
  const egressIPs = new Map<string, readonly string[]>();
  const waiting = new Set<() => void>();
  const reflector = new Reflector<readonly string[]>({
    client,
    consistency: 'latest',
    project: (object) => (Array.isArray(object['egressIPs']) ? object['egressIPs'].map(String) : []),
    onChange: (change) => {
      if (change.type !== 'deleted') egressIPs.set(change.key, change.object);
      for (const check of waiting) check();
    },
  });
  reflector.start();
  await reflector.whenSynced();
  const until: BenchWatch['until'] = (condition) =>
    new Promise((resolve) => {
      const check = (): void => {
        if (condition(egressIPs) && waiting.delete(check)) resolve();
      };
      waiting.add(check);
      check();
    });
  return { egressIPs, until, stop: () => reflector.stop() };
}

/** Resident memory of a process in MiB; NaN where the system does not tell. */
export interface Memory {
  readonly peak: number;
  /** What it has now. */
  readonly resident: number;
  /** Of it now: pages of files, nearly all of them of the Node binary. */
  readonly files: number;
}

/** Memory that a Node which does nothing takes. */
export function idleNode(): number {
  const peak = "Number(/VmHWM:\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024";
  return Math.round(Number(spawnSync(process.execPath, ['--print', peak]).stdout.toString()));
}

/** The operator as it is shipped, and what it used. */
export interface BenchOperator {
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Resident memory in MiB. */
  memory(): Memory;
  /** Time that it had a processor; NaN where the system does not tell. */
  processorSeconds(): number;
  stop(): Promise<void>;
}

export async function startOperator({ envtest }: BenchCluster): Promise<BenchOperator> {
  const kubeconfig = join(envtest.folder, 'bench.kubeconfig');
  await envtest.writeKubeconfig(kubeconfig, 'operator');
  const log = openSync(join(envtest.folder, 'operator.log'), 'w');
  const started = Date.now();
  // As in the image.
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '--min-semi-space-size=8').split(' ');
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...flags,
      join(root, 'packages/operator/dist/cli.js'),
      'run',
      '--kubeconfig',
      kubeconfig,
      '--metrics-bind-address',
      '0',
      '--health-probe-bind-address',
      '0',
    ],
    { stdio: ['ignore', 'ignore', log] },
  );
  return {
    started,
    memory: () => {
      const status = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      const mebibytes = (field: string): number =>
        Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
      return { peak: mebibytes('VmHWM'), resident: mebibytes('VmRSS'), files: mebibytes('RssFile') };
    },
    processorSeconds: () => {
      const stat = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/stat`, 'utf8') : '';
      // Ticks of a hundredth of a second, in user and in system mode: fields 14 and 15, counted behind the name.
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
        .map(Number);
      return ((user ?? NaN) + (system ?? NaN)) / 100;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
