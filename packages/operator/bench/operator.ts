// Measures the operator on a real API server against a bare loop of the same PATCHes on the same server.
// Prints a table; needs kube-apiserver and etcd (see tools/envtest), the networks' CRDs, and a build.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { installCrds, startEnvtest, startSdnMaster } from '@egressip-ipam/sandbox';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const namespaceCount = Number(process.env['BENCH_NAMESPACES'] ?? 1000);
const nodeCount = 20;
const resource = (group: string, version: string, plural: string, kind: string) => ({ group, version, plural, kind, namespaced: false });
const kinds = {
  namespaces: resource('', 'v1', 'namespaces', 'Namespace'),
  nodes: resource('', 'v1', 'nodes', 'Node'),
  pools: resource('redhatcop.redhat.io', 'v1alpha1', 'egressipams', 'EgressIPAM'),
  netNamespaces: resource('network.openshift.io', 'v1', 'netnamespaces', 'NetNamespace'),
};

const envtest = await startEnvtest({ audit: true, tokens: [{ token: 'operator', user: 'operator', groups: ['system:masters'] }] });
if (envtest === undefined) throw new Error('no kube-apiserver and etcd: see tools/envtest');
const rest: RestClient = envtest.client();
const crd = (name: string): string => join(root, '../shared/crds', `network.openshift.io_${name}.yaml`);
await installCrds(rest, [join(root, 'deploy/crds/redhatcop.redhat.io_egressipams.yaml'), crd('hostsubnets'), crd('netnamespaces')]);
const client = (kind: keyof typeof kinds, over: RestClient = rest): ResourceClient => new ResourceClient(over, kinds[kind]);

/** Does work on many things, sixteen at a time. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: 16 }, async () => { for (const item of queue) await work(item); }));
}
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const names = Array.from({ length: namespaceCount }, (_, index) => `bench-${String(index).padStart(4, '0')}`);
for (let index = 0; index < nodeCount; index += 1) {
  const name = `node-${String(index).padStart(2, '0')}`;
  await client('nodes').create({ metadata: { name, labels: { zone: index % 2 === 0 ? 'a' : 'b' } } });
  await client('nodes').mergePatch({ name }, { status: { addresses: [{ type: 'InternalIP', address: `192.168.0.${index + 1}` }], conditions: [{ type: 'Ready', status: 'True' }] } }, { subresource: 'status' });
}
await each(names, (name) => client('namespaces').create({ metadata: { name, annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool' } } }));
const master = await startSdnMaster({ rest });
while ((await client('netNamespaces').list()).items.length < namespaceCount) await wait(200);

// The yardstick: the same number of PATCHes on the same objects, by nobody in particular.
const bareStart = performance.now();
await each(names, (name) => client('namespaces').mergePatch({ name }, { metadata: { annotations: { bench: '1' } } }));
await each(names, (name) => client('netNamespaces').mergePatch({ name }, { metadata: { annotations: { bench: '1' } } }));
const bare = performance.now() - bareStart;

await client('pools').create({ metadata: { name: 'pool' }, spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/20', labelValue: 'a' }, { CIDR: '10.1.0.0/20', labelValue: 'b' }] } });
const kubeconfig = join(envtest.folder, 'bench.kubeconfig');
await envtest.writeKubeconfig(kubeconfig, 'operator');
const started = Date.now();
const operator = spawn(process.execPath, [...(process.env['BENCH_NODE_FLAGS']?.split(' ') ?? []), join(root, 'packages/operator/dist/cli.js'), 'run', '--kubeconfig', kubeconfig, '--metrics-bind-address', '0', '--health-probe-bind-address', '0'], { stdio: ['ignore', 'ignore', 'inherit'] });
const isServed = async (): Promise<boolean> => (await client('netNamespaces').list()).items.filter((item) => Array.isArray(item['egressIPs']) && item['egressIPs'].length === 2).length === namespaceCount;
while (!(await isServed())) await wait(1000);
await wait(6000);
const isWrite = ({ user, verb }: { readonly user: string; readonly verb: string }): boolean => user === 'operator' && ['create', 'update', 'patch', 'delete'].includes(verb);
const writes = (await envtest.auditEvents()).filter(isWrite);
const carrying = writes.filter(({ resource: plural }) => ['namespaces', 'hostsubnets', 'netnamespaces', 'egressipams'].includes(plural));
const times = carrying.filter(({ subresource }) => subresource !== 'status').map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp)).sort((a, b) => a - b);
const count = (plural: string): number => writes.filter((event) => event.resource === plural).length;
await wait(10_000);
const idle = (await envtest.auditEvents()).filter(isWrite).length - writes.length;
const memory = process.platform === 'linux' ? (await import('node:fs')).readFileSync(`/proc/${operator.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)?.[1] : undefined;
const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
console.table({
  'bare loop of the PATCHes (ms)': Math.round(bare),
  'operator, first write to last (ms)': span,
  'ratio': Number((span / bare).toFixed(2)),
  'first write after start (ms)': (times[0] ?? 0) - started,
  'namespace writes': count('namespaces'),
  'NetNamespace writes': count('netnamespaces'),
  'HostSubnet writes': count('hostsubnets'),
  'EgressIPAM writes': count('egressipams'),
  'Event writes': count('events'),
  'writes in ten idle seconds': idle,
  'peak memory (MiB)': memory === undefined ? 'unknown' : Math.round(Number(memory) / 1024),
});
operator.kill('SIGTERM');
await new Promise((resolve) => operator.once('exit', resolve));
await master.stop();
rest.close();
await envtest.stop();
