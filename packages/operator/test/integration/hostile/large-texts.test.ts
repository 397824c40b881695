import { createRestClient, ResourceClient, staticConnection, type Resource } from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it } from 'vitest';
import { egressIPAMs, hostSubnets, namespaces, netNamespaces, nodes } from '../support/resources.ts';
import { openCrd } from '../../../src/trial/open-crd.ts';
import { spawnSmallOperator } from '../support/operator-process.ts';
import { writeKubeconfig } from '../support/start-server.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
const hostileNamespaces = 150;
/** Together they are more than the operator's heap may have. */
const length = 250_000;
const heapMegabytes = 52;

/** Annotations as large as the API server takes them, each in a way of its own. */
const texts: readonly ((index: number) => Readonly<Record<string, string>>)[] = [
  (index) => ({ [`${prefix}/egressipam`]: 'pool', note: `${index}`.padEnd(length, 'x') }),
  (index) => ({ [`${prefix}/egressipam`]: 'pool', [`${prefix}/egressips`]: `${index}`.padEnd(length, ',') }),
  (index) => ({ [`${prefix}/egressipam`]: `pool${index}`.padEnd(length, 'y') }),
  (index) => ({
    [`${prefix}/egressipam`]: 'pool',
    [`${prefix}/allocated`]: `pool/${index}`.padEnd(length, ',10.0.0.9'),
  }),
];

it('keeps no text of a tenant that is longer than it can be of use, and serves the others', async ({
  onTestFailed,
}) => {
  const server = await createApiServer({
    finalizeNamespaces: true,
    crds: [egressIPAMs, hostSubnets, netNamespaces].map(openCrd),
  });
  const rest = createRestClient(staticConnection({ server: server.url }));
  const client = (resource: Resource): ResourceClient => new ResourceClient(rest, resource);
  let netid = 0;
  const makeNamespace = async (name: string, annotations: Readonly<Record<string, string>>): Promise<void> => {
    await client(netNamespaces).create({ metadata: { name }, netid: (netid += 1), netname: name });
    await client(namespaces).create({ metadata: { name, annotations } });
  };
  await client(nodes).create({
    metadata: { name: 'node', labels: { zone: 'a' } },
    status: {
      addresses: [{ type: 'InternalIP', address: '10.0.0.2' }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });
  await client(hostSubnets).create({
    metadata: { name: 'node' },
    host: 'node',
    hostIP: '10.0.0.2',
    subnet: '10.128.0.0/23',
  });
  await client(egressIPAMs).create({
    metadata: { name: 'pool' },
    spec: {
      topologyLabel: 'zone',
      nodeSelector: { matchLabels: {} },
      cidrAssignments: [{ labelValue: 'a', CIDR: '10.0.0.0/16', reservedIPs: [] }],
    },
  });
  await Promise.all(
    Array.from({ length: hostileNamespaces }, (_, index) =>
      makeNamespace(`hostile-${index}`, texts[index % texts.length]?.(index) ?? {}),
    ),
  );
  const operator = spawnSmallOperator(
    heapMegabytes,
    await writeKubeconfig(server.url, 'none'),
    '--network',
    'openshift-sdn',
  );
  onTestFailed(() => console.log(operator.lines.slice(-40).join('\n')));
  try {
    await makeNamespace('innocent', { [`${prefix}/egressipam`]: 'pool' });
    const addresses = async (): Promise<unknown> =>
      (await client(netNamespaces).get({ name: 'innocent' }))['egressIPs'];
    await expect.poll(addresses, { timeout: 120_000, interval: 250 }).toEqual([expect.stringMatching(/^10\.0\./)]);
    expect(operator.child.exitCode).toBeNull();
  } finally {
    operator.child.kill('SIGKILL');
    await operator.ended;
    rest.close();
    await server.stop();
  }
}, 240_000);
