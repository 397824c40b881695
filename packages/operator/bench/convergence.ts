import type { AuditEvent } from '@egressip-ipam/sandbox';
import { each, idleNode, pool, startBenchCluster, startOperator, wait, type BenchCluster } from './bench-cluster.ts';

/** A thousand namespaces at once, against a bare loop of the same PATCHes on the same server. */
export async function measureConvergence(
  nodeCount: number,
  namespaceCount: number,
): Promise<Readonly<Record<string, unknown>>> {
  const cluster = await startBenchCluster(nodeCount, namespaceCount);
  const { client, namespaces, envtest } = cluster;
  const bare = await bareLoop(cluster);

  await client('pools').create(pool);
  const bindings = await cluster.watch('netNamespaces');
  const operator = await startOperator(cluster);
  let bound = 0;
  await bindings.until((egressIPs) => {
    // Goes on where it stopped: who measures shares the processors with what is measured.
    while (egressIPs.get(namespaces[bound] ?? '')?.length === 2) bound += 1;
    return bound === namespaces.length;
  });
  await wait(5_000);
  // Its Lease and the namespace of that are no matter of what is asked of it.
  const isWrite = ({ user, verb, resource }: AuditEvent): boolean =>
    user === 'operator' &&
    ['create', 'update', 'patch', 'delete'].includes(verb) &&
    resource !== 'leases' &&
    !(resource === 'namespaces' && verb === 'create');
  const writes = (await envtest.auditEvents()).filter(isWrite);
  const times = writes
    .filter(
      ({ resource, subresource }) =>
        ['namespaces', 'hostsubnets', 'netnamespaces', 'egressipams'].includes(resource) && subresource !== 'status',
    )
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp))
    .sort((a, b) => a - b);
  const count = (plural: string): number => writes.filter((event) => event.resource === plural).length;
  await wait(10_000);
  const idle = (await envtest.auditEvents()).filter(isWrite).length - writes.length;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const result = {
    'bare loop of the PATCHes (ms)': Math.round(bare),
    'operator, first write to last (ms)': span,
    ratio: Number((span / bare).toFixed(2)),
    'first write after start (ms)': (times[0] ?? 0) - operator.started,
    'namespace writes': count('namespaces'),
    'NetNamespace writes': count('netnamespaces'),
    'HostSubnet writes': count('hostsubnets'),
    'EgressIPAM writes': count('egressipams'),
    'Event writes': count('events'),
    'writes in ten idle seconds': idle,
    'peak memory (MiB)': operator.memory().peak,
    'of it the Node binary and its libraries (MiB)': operator.memory().files,
    'a Node that does nothing (MiB)': idleNode(),
  };
  await operator.stop();
  await bindings.stop();
  await cluster.stop();
  return result;
}

/**
 * What the operator will write into namespaces and NetNamespaces, sixteen at a time, and undone again outside of the
 * measured time. By a field manager that has written nothing there before, as the operator will: the server keeps a
 * record of each.
 */
async function bareLoop({ client, namespaces }: BenchCluster): Promise<number> {
  const addresses = new Map(
    namespaces.map((name, index) => [name, [`10.0.${index >> 8}.${index & 255}`, `10.1.${index >> 8}.${index & 255}`]]),
  );
  const fieldManager = 'bench';
  const annotate = (name: string, text: string | null): Promise<unknown> =>
    client('namespaces').mergePatch(
      { name },
      {
        metadata: {
          annotations: {
            'bench.example/egressips': text,
            'bench.example/allocated': text === null ? null : `pool/${text}`,
          },
        },
      },
      { fieldManager },
    );
  const bind = (name: string, egressIPs: readonly string[] | null): Promise<unknown> =>
    client('netNamespaces').mergePatch({ name }, { egressIPs }, { fieldManager });
  const start = performance.now();
  await each(namespaces, (name) => annotate(name, addresses.get(name)?.join(',') ?? null));
  await each(namespaces, (name) => bind(name, addresses.get(name) ?? []));
  const took = performance.now() - start;
  await each(namespaces, (name) => annotate(name, null));
  await each(namespaces, (name) => bind(name, null));
  return took;
}
