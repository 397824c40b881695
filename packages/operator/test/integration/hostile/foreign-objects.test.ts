import {
  createRestClient,
  ResourceClient,
  staticConnection,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { createApiServer } from '@egressip-ipam/sandbox';
import { expect, it } from 'vitest';
import { openCrd } from '../../../src/trial/open-crd.ts';
import { spawnSmallOperator, type OperatorProcess } from '../support/operator-process.ts';
import {
  egressGatewayPolicies,
  egressIPAMs,
  egressIPs,
  hostSubnets,
  namespaces,
  netNamespaces,
  nodes,
} from '../support/resources.ts';
import { writeKubeconfig } from '../support/start-server.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';
/** Less than these objects took. */
const fewMegabytes = 52;
/** As two kinds are read at once that have very many texts in one object. */
const moreMegabytes = 96;

const many = <Value>(count: number, make: (index: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Some objects as large as the API server takes them. */
async function addForeign(rest: RestClient, resource: Resource, count: number, fields: object): Promise<void> {
  const client = new ResourceClient(rest, resource);
  for (let number = 0; number < count; number += 1)
    await client.create({ metadata: { name: `theirs-${number}` }, ...fields });
}

/** A cluster of two nodes with a pool, an operator with little memory, and somebody who claims. */
async function withOperator(
  network: string,
  kinds: readonly Resource[],
  prepare: (rest: RestClient) => Promise<void>,
  check: (rest: RestClient, operator: OperatorProcess) => Promise<void>,
  heapMegabytes = fewMegabytes,
): Promise<void> {
  const server = await createApiServer({ finalizeNamespaces: true, crds: [egressIPAMs, ...kinds].map(openCrd) });
  const rest = createRestClient(staticConnection({ server: server.url }));
  for (const name of ['a', 'b']) {
    const address = `10.0.0.${name === 'a' ? 1 : 2}`;
    const annotations = {
      'k8s.ovn.org/host-cidrs': JSON.stringify([`${address}/16`]),
      'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `${address}/16` }),
    };
    await new ResourceClient(rest, nodes).create({
      metadata: { name, labels: { zone: 'z', 'kubernetes.io/hostname': name }, annotations },
      status: {
        addresses: [{ type: 'InternalIP', address }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
  }
  await new ResourceClient(rest, egressIPAMs).create({
    metadata: { name: 'pool' },
    spec: { topologyLabel: 'zone', nodeSelector: {}, cidrAssignments: [{ labelValue: 'z', CIDR: '10.0.64.0/20' }] },
  });
  await prepare(rest);
  await new ResourceClient(rest, namespaces).create({
    metadata: { name: 'innocent', annotations: { [`${prefix}/egressipam`]: 'pool' } },
  });
  const flags = ['--network', network, '--provider', 'baremetal'];
  const operator = spawnSmallOperator(heapMegabytes, await writeKubeconfig(server.url, 'none'), ...flags);
  try {
    await check(rest, operator);
    expect(operator.child.exitCode).toBeNull();
  } finally {
    operator.child.kill('SIGKILL');
    await operator.ended;
    rest.close();
    await server.stop();
  }
}

it('keeps little of policies that others made on Cilium, and who waits is told why', async () => {
  const rules = many(22_000, (index) => ({ namespaceSelector: { matchLabels: { team: `team-${index}` } } }));
  await withOperator(
    'cilium',
    [egressGatewayPolicies],
    (rest) =>
      addForeign(rest, egressGatewayPolicies, 34, {
        spec: {
          destinationCIDRs: ['0.0.0.0/0'],
          egressGateway: { nodeSelector: {}, egressIP: '10.0.64.1' },
          selectors: rules,
        },
      }),
    async (_rest, { lines }) => {
      const log = (): string => lines.join('\n');
      await expect
        .poll(log, { timeout: 120_000, interval: 250 })
        .toMatch(/claim not served namespace="innocent"[^\n]*too long to be read whole, and may select pods/);
    },
  );
}, 240_000);

/** Many of nobody's, and one of the pool. */
const addresses = many(60_000, (index) => `10.77.${index >> 8}.${index & 255}`).concat(['10.0.64.1']);

it('keeps little of EgressIPs that others made on OVN-Kubernetes, and serves everybody by what they leave', async () => {
  await withOperator(
    'ovn-kubernetes',
    [egressIPs],
    (rest) =>
      addForeign(rest, egressIPs, 20, {
        spec: { namespaceSelector: { matchLabels: { team: 'red' } }, egressIPs: addresses },
      }),
    async (rest) => {
      const spec = async (): Promise<unknown> =>
        (await new ResourceClient(rest, egressIPs).get({ name: 'egressip-innocent' }).catch(() => undefined))?.['spec'];
      await expect.poll(spec, { timeout: 120_000, interval: 250 }).toMatchObject({ egressIPs: ['10.0.64.2'] });
    },
  );
}, 240_000);

it('keeps little of HostSubnets and NetNamespaces that are too long on OpenShift SDN, and serves everybody beside', async () => {
  await withOperator(
    'openshift-sdn',
    [hostSubnets, netNamespaces],
    async (rest) => {
      const [hosts, nets] = [new ResourceClient(rest, hostSubnets), new ResourceClient(rest, netNamespaces)];
      for (const [index, name] of ['a', 'b'].entries()) {
        const hostIP = `10.0.0.${index + 1}`;
        await hosts.create({ metadata: { name }, host: name, hostIP, subnet: `10.128.${index}.0/24` });
      }
      await nets.create({ metadata: { name: 'innocent' }, netname: 'innocent', netid: 1 });
      await addForeign(rest, hostSubnets, 20, { host: 'theirs', hostIP: '10.0.0.9', egressIPs: addresses });
      await addForeign(rest, netNamespaces, 20, { netname: 'theirs', netid: 2, egressIPs: addresses });
    },
    async (rest, { lines }) => {
      const bound = async (): Promise<unknown> =>
        (await new ResourceClient(rest, netNamespaces).get({ name: 'innocent' }))['egressIPs'];
      await expect.poll(bound, { timeout: 120_000, interval: 250 }).toEqual(['10.0.64.2']);
      const log = (): string => lines.join('\n');
      await expect.poll(log, { timeout: 10_000 }).toMatch(/HostSubnet[^\n]*60001 entries/);
    },
    moreMegabytes,
  );
}, 240_000);
