import {
  agentLeaseLabel,
  agentLeaseName,
  egressNodes,
  readEgressNode,
  type AddressResult,
  type EgressNode,
} from '@egressip-ipam/agent';
import {
  createRestClient,
  leases,
  Reflector,
  ResourceClient,
  staticConnection,
  type KubernetesObject,
  type RestClient,
} from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const crd = fileURLToPath(new URL('../../agent/crds/redhatcop.redhat.io_egressnodes.yaml', import.meta.url));
export const duplicateMAC = '02:00:00:00:00:01';
export const namespace = 'egressip-ipam-operator';

/** A node whose agent is a few lines: it reports its wishes as held at once. */
export interface MemoryNode {
  readonly name: string;
  readonly subnets: readonly string[];
  /** What it carries that is not ours. */
  readonly addresses: readonly string[];
  readonly mac?: string;
  readonly gateways?: readonly string[];
}

/** An API server with agents that have no kernel. */
export interface MemoryAgents {
  readonly rest: RestClient;
  /** Writes of EgressNodes' specs, by node. */
  readonly specWrites: () => number;
  /** An agent reports nothing any more, and renews no Lease. */
  silence(node: string): void;
  lease(node: string): Promise<Readonly<Record<string, unknown>>>;
  /** EgressNodes and Leases, as `kubectl get` prints them. */
  objects(): Promise<readonly KubernetesObject[]>;
  close(): Promise<void>;
}

/**
 * Addresses of `duplicates` are answered for by {@link duplicateMAC}, a machine that is none of the nodes unless one
 * says so.
 */
export async function startMemoryAgents(
  nodes: readonly MemoryNode[],
  duplicates: readonly string[] = [],
): Promise<MemoryAgents> {
  const server = await createApiServer({ crds: [readFileSync(crd, 'utf8')] });
  const rest = createRestClient(staticConnection({ server: server.url }));
  await rest.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } });
  const objects = new ResourceClient(rest, egressNodes);
  const agentLeases = new ResourceClient(rest, leases);
  const silent = new Set<string>();
  const report = async (node: EgressNode): Promise<void> => {
    const found = nodes.find(({ name }) => name === node.name);
    if (found === undefined || silent.has(node.name) || node.status.observedGeneration === node.generation) return;
    const addresses = node.wishes.map(({ address }): AddressResult => ({
      address,
      since: new Date().toISOString(),
      interface: 'eth0',
      ...(duplicates.includes(address) ? { state: 'Duplicate', duplicateMAC } : { state: 'Held' }),
    }));
    const status = {
      observedGeneration: node.generation,
      ...(found.gateways === undefined ? {} : { gateways: found.gateways }),
      addresses,
      interfaces: [
        {
          name: 'eth0',
          ...(found.mac === undefined ? {} : { mac: found.mac }),
          subnets: found.subnets,
          addresses: found.addresses,
        },
      ],
    };
    await objects.mergePatch({ name: node.name }, { status }, { subresource: 'status' }).catch(() => undefined);
  };
  const reflector = new Reflector({
    client: objects,
    project: readEgressNode,
    onChange: (change) => void (change.type !== 'deleted' && report(change.object)),
  });
  for (const { name } of nodes) {
    await objects.create({ metadata: { name }, spec: { addresses: [] } });
    const spec = { holderIdentity: `${name}_1`, leaseDurationSeconds: 6, renewTime: '2026-01-01T00:00:00.000000Z' };
    await agentLeases.create({
      metadata: { name: agentLeaseName(name), namespace, labels: { [agentLeaseLabel.key]: agentLeaseLabel.value } },
      spec,
    });
  }
  reflector.start();
  await Promise.all(
    nodes.map(async ({ name }) => {
      while (readEgressNode(await objects.get({ name })).status.observedGeneration === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
    }),
  );
  return {
    rest,
    specWrites: () =>
      server.requests.writes().filter(({ resource, verb }) => resource === 'egressnodes' && verb === 'update').length,
    silence: (node) => void silent.add(node),
    lease: async (node) =>
      (await agentLeases.get({ name: agentLeaseName(node), namespace }))['spec'] as Readonly<Record<string, unknown>>,
    objects: async () => {
      const lists = [objects, agentLeases].map(async (client) => {
        const { items } = await client.list();
        return items.map((item) => ({ ...item, kind: client.resource.kind }));
      });
      return (await Promise.all(lists)).flat();
    },
    close: async () => {
      await reflector.stop();
      rest.close();
      await server.stop();
    },
  };
}
