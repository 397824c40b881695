import { ResourceClient, type Resource } from '@egressip-ipam/kube';
import {
  createFaultProxy,
  parseRoles,
  startAntrea,
  startEgressAgents,
  startOvnClusterManager,
  startSdnMaster,
  type PolicyRule,
  type NetworkCrd,
} from '@egressip-ipam/sandbox';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ciliumEndpoints,
  configMaps,
  egressFirewalls,
  egressGatewayPolicies,
  egressIPAMs,
  egressIPs,
  egresses,
  namespaces,
  netNamespaces,
  networks,
  nodeLeases,
  nodes,
} from './support/resources.ts';
import { createLog } from '../../src/log/log.ts';
import type { RunOptions } from '../../src/run/options.ts';
import { runOperator } from '../../src/run/run-operator.ts';
import { openCrd } from '../../src/trial/open-crd.ts';
import { deployPath, readKustomization, readManifests } from '../deploy/documents.ts';
import { collectionOf } from '../deploy/guard/guarded-server.ts';
import { ciliumNodes } from './support/resources.ts';
import { realServer, startServer, writeKubeconfig, type TestServer } from './support/start-server.ts';
import { noRealServer, unless } from '../../../../tools/testing/unless.ts';

const poll = { timeout: 30_000, interval: 100 };
const ownNamespace = 'egressip-ipam-operator';
const serviceAccount = `system:serviceaccount:${ownNamespace}:egressip-ipam-operator`;
const egressNodes: Resource = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressnodes',
  kind: 'EgressNode',
  namespaced: false,
};
const externalIPPools: Resource = {
  group: 'crd.antrea.io',
  version: 'v1beta1',
  plural: 'externalippools',
  kind: 'ExternalIPPool',
  namespaced: false,
};
const input = 'egressip-ipam-operator.redhat-cop.io/egressips';
const crds: readonly NetworkCrd[] = [
  'hostsubnets',
  'netnamespaces',
  'egressips',
  'egressfirewalls',
  'cloudprivateipconfigs',
  'infrastructures',
  'credentialsrequests',
  'machinesets',
  'ciliumegressgatewaypolicies',
  'egresses',
  'externalippools',
];
const roleFiles = [
  ...readdirSync(deployPath('manifests')).map((file) => `manifests/${file}`),
  ...readdirSync(deployPath('manifests/optional')).flatMap((folder) =>
    readdirSync(deployPath(`manifests/optional/${folder}`)).map((file) => `manifests/optional/${folder}/${file}`),
  ),
].filter((file) => /\/rbac[^/]*\.yaml$/.test(file));

describe(
  'the operator under the roles and the guard that are shipped',
  unless(realServer.length === 0, noRealServer),
  () => {
    let server: TestServer;
    let rules: readonly PolicyRule[];
    const stops: (() => unknown)[] = [];
    const client = (resource: Resource): ResourceClient => new ResourceClient(server.rest, resource);

    beforeAll(async () => {
      server = await startServer('a real API server', crds, [{ token: 'shipped', user: serviceAccount }]);
      rules = roleFiles.flatMap((file) => parseRoles(readFileSync(deployPath(file), 'utf8')));
      for (const namespace of [ownNamespace, 'openshift-machine-api', 'openshift-cloud-credential-operator'])
        await client(namespaces).create({ metadata: { name: namespace } });
      await client(namespaces)
        .create({ metadata: { name: 'kube-node-lease' } })
        .catch(() => undefined);
      for (const object of [
        ...roleFiles.flatMap(readManifests),
        ...readManifests('manifests/optional/agent/crd.yaml'),
        ...readKustomization('guard'),
      ])
        await server.rest.request('POST', collectionOf(object), { body: object });
    }, 120_000);
    afterAll(async () => {
      for (const stop of stops.reverse()) await stop();
      await server.stop();
    }, 60_000);

    /**
     * Runs the operator through a proxy that answers each kind's first patch with a conflict, so that it has to look
     * again.
     */
    const run = async (options: Partial<RunOptions>, conflicts: readonly string[]): Promise<() => Promise<number>> => {
      const proxy = await createFaultProxy({
        target: server.target,
        rules: conflicts.map((plural) => ({
          fault: { kind: 'status', status: 409 },
          method: 'PATCH',
          path: new RegExp(`/${plural}/`),
          times: 1,
        })),
      });
      const kubeconfig = await writeKubeconfig(proxy.url, 'shipped');
      const abort = new AbortController();
      const ended = runOperator(
        {
          kubeconfig,
          leaderElect: true,
          leaseDuration: 15,
          renewDeadline: 10,
          retryPeriod: 1,
          namespace: ownNamespace,
          metricsBindAddress: '0',
          healthProbeBindAddress: '0',
          logLevel: 'info',
          logFormat: 'text',
          ...options,
        },
        createLog(() => undefined, { format: 'text', level: 'info', now: () => Date.now() }),
        abort.signal,
      );
      const stop = async (): Promise<number> => {
        abort.abort();
        const code = await ended;
        await proxy.close();
        return code;
      };
      return stop;
    };
    const invalidCount = async (): Promise<unknown> =>
      (await client({ group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true }).list()).items.find(
        (event) => event['reason'] === 'InvalidAddress',
      )?.['count'];
    const setReady = (node: string, isReady: boolean): Promise<unknown> =>
      client(nodes).mergePatch(
        { name: node },
        { status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] } },
        { subresource: 'status' },
      );
    const addNode = async (
      node: string,
      annotations: Readonly<Record<string, string>> = {},
      zone = 'a',
    ): Promise<void> => {
      await client(nodes).create({
        metadata: { name: node, labels: { zone, 'kubernetes.io/hostname': node }, annotations },
      });
      await client(nodes).mergePatch(
        { name: node },
        { status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] } },
        { subresource: 'status' },
      );
      await setReady(node, true);
    };
    const addNamespace = (namespace: string, annotations: Readonly<Record<string, string>> = {}): Promise<unknown> =>
      client(namespaces).create({
        metadata: {
          name: namespace,
          annotations: { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'pool', ...annotations },
        },
      });
    const addPool = (...cidrs: readonly string[]): Promise<unknown> => addPoolNamed('pool', 'a', cidrs);
    const addPoolNamed = (name: string, labelValue: string, cidrs: readonly string[]): Promise<unknown> =>
      client(egressIPAMs).create({
        metadata: { name },
        spec: { topologyLabel: 'zone', cidrAssignments: cidrs.map((CIDR) => ({ CIDR, labelValue })) },
      });
    const deletePool = async (): Promise<void> => {
      for (const { metadata } of (await client(egressIPAMs).list()).items)
        await client(egressIPAMs).delete({ name: metadata.name });
      await expect.poll(async () => (await client(egressIPAMs).list()).items.length, poll).toBe(0);
    };

    it('serves on OpenShift SDN, with --node-probe', async () => {
      const master = await startSdnMaster({ rest: server.rest });
      for (const node of ['n1', 'n2']) await addNode(node);
      await client(nodeLeases).create({
        metadata: { namespace: 'kube-node-lease', name: 'n1' },
        spec: { holderIdentity: 'n1', leaseDurationSeconds: 40 },
      });
      await addPool('10.0.0.0/28', '10.0.1.0/28');
      await addNamespace('one');
      await addNamespace('bad', { [input]: 'nonsense' });
      const stop = await run({ network: 'openshift-sdn', nodeProbePort: 9 }, [
        'egressipams',
        'namespaces',
        'hostsubnets',
        'netnamespaces',
      ]);
      await expect
        .poll(
          async () =>
            (await client(netNamespaces).list()).items.find(({ metadata }) => metadata.name === 'one')?.['egressIPs'],
          poll,
        )
        .toHaveLength(2);
      await expect
        .poll(
          async () =>
            ((await client(egressIPAMs).get({ name: 'pool' }))['status'] as { served?: number } | undefined)?.served,
          poll,
        )
        .toBe(1);
      // Told, mended, and told again: the same Event counts one more.
      await expect.poll(invalidCount, poll).toBe(1);
      await client(namespaces).mergePatch({ name: 'bad' }, { metadata: { annotations: { [input]: null } } });
      await expect
        .poll(async () => (await client(namespaces).get({ name: 'bad' })).metadata.annotations?.[input], poll)
        .toBeDefined();
      await client(namespaces).mergePatch({ name: 'bad' }, { metadata: { annotations: { [input]: 'nonsense' } } });
      await expect.poll(invalidCount, poll).toBe(2);
      await deletePool();
      expect(await stop()).toBe(0);
      await master.stop();
      for (const node of ['n1', 'n2']) await client(nodes).delete({ name: node });
    }, 90_000);

    it('serves on OVN-Kubernetes, with --guard-unassigned', async () => {
      await addPool('10.0.0.0/28');
      // HostSubnets are served too: the network is what OpenShift says.
      await server.rest.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        body: openCrd(networks),
      });
      await expect
        .poll(
          () =>
            client(networks)
              .create({ metadata: { name: 'cluster' }, status: { networkType: 'OVNKubernetes' } })
              .then(
                () => true,
                () => false,
              ),
          poll,
        )
        .toBe(true);
      await server.rest.request('POST', '/api/v1/namespaces/default/services', {
        body: { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], externalIPs: ['10.0.0.1'] } },
      });
      const stop = await run({ guardUnassigned: true, readServices: true }, [
        'egressipams',
        'namespaces',
        'egressips',
        'nodes',
      ]);
      await addNode('n3', {
        'k8s.ovn.org/node-primary-ifaddr': '{"ipv4":"10.0.0.14/24"}',
        'k8s.ovn.org/host-cidrs': '["10.0.0.14/24"]',
      });
      for (const [name, family, address] of [
        ['n4', 'ipv4', '10.0.7.14/24'],
        ['n5', 'ipv6', 'fd00:7::14/64'],
      ] as const) {
        const own = { [family]: address };
        await addNode(
          name,
          { 'k8s.ovn.org/node-primary-ifaddr': JSON.stringify(own), 'k8s.ovn.org/host-cidrs': `["${address}"]` },
          'd',
        );
      }
      await addPoolNamed('dual', 'd', ['10.0.7.0/28', 'fd00:7::/64']);
      await addNamespace('two-families', { 'egressip-ipam-operator.redhat-cop.io/egressipam': 'dual' });
      const denied = async (): Promise<unknown> =>
        (await client(egressFirewalls).list({ namespace: 'two-families' })).items.map(
          ({ spec }) => (spec as { egress: readonly object[] }).egress.length - 1,
        );
      // Nobody assigns yet: the guard has something to do.
      await expect
        .poll(async () => (await client(egressFirewalls).list({ namespace: 'one' })).items.length, poll)
        .toBe(1);
      await expect.poll(async () => (await client(egressIPs).list()).items.length, poll).toBe(3);
      await expect.poll(denied, poll).toEqual([2]);
      await setReady('n5', false);
      const manager = await startOvnClusterManager({ rest: server.clusterManager });
      await expect
        .poll(async () => (await client(egressFirewalls).list({ namespace: 'one' })).items.length, poll)
        .toBe(0);
      // The first address of the pool is that of a Service.
      expect((await client(egressIPs).list()).items.map(({ spec }) => spec)).toMatchObject([
        { egressIPs: ['10.0.0.2'] },
        { egressIPs: ['10.0.0.3'] },
        { egressIPs: ['10.0.7.1', 'fd00:7::1'] },
      ]);
      await expect.poll(denied, poll).toEqual([1]);
      await deletePool();
      expect((await client(egressIPs).list()).items).toEqual([]);
      expect(await stop()).toBe(0);
      await manager.stop();
    }, 90_000);

    it('serves on Cilium, by agents, one of which has to be fenced', async () => {
      for (const node of ['n1', 'n2']) await addNode(node);
      for (const kind of [ciliumNodes, ciliumEndpoints])
        await server.rest.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
          body: openCrd(kind),
        });
      const addCiliumNode = (name: string, podCIDR: string): Promise<boolean> =>
        client(ciliumNodes)
          .create({
            metadata: { name, labels: { 'kubernetes.io/hostname': name } },
            spec: { ipam: { podCIDRs: [podCIDR] } },
          })
          .then(
            () => true,
            () => false,
          );
      await expect.poll(() => addCiliumNode('n1', '10.77.0.0/24'), poll).toBe(true);
      await expect.poll(() => addCiliumNode('n2', '10.77.1.0/24'), poll).toBe(true);
      await client(configMaps).create({
        metadata: { namespace: 'kube-system', name: 'cilium-config' },
        data: { 'enable-egress-gateway': 'true', 'enable-bpf-masquerade': 'true' },
      });
      const addEndpoint = (name: string): Promise<boolean> =>
        client(ciliumEndpoints)
          .create({ metadata: { name, namespace: 'one' } })
          .then(
            () => true,
            () => false,
          );
      await expect.poll(() => addEndpoint('pod'), poll).toBe(true);
      const agents = await startEgressAgents({
        rest: server.rest,
        namespace: ownNamespace,
        subnetsOf: () => ['10.0.0.0/24'],
      });
      await addPool('10.0.0.0/28');
      // Where Services and pods are.
      await addPoolNamed('services', 'd', ['10.255.3.0/28']);
      await addPoolNamed('pods', 'e', ['10.77.0.0/28']);
      const stop = await run({ network: 'cilium' }, ['ciliumegressgatewaypolicies']);
      const statusOf = async (name: string): Promise<string> =>
        JSON.stringify((await client(egressIPAMs).get({ name }))['status']);
      await expect.poll(() => statusOf('services'), poll).toMatch(/10\.255\.3\.0\/28 meets 10\.255\.0\.0\/16/);
      await expect.poll(() => statusOf('pods'), poll).toMatch(/meets 10\.77\.0\.0\/24, the pods of node n1/);
      const gateway = async (): Promise<string | undefined> => {
        const policy = (await client(egressGatewayPolicies).list()).items.find(({ metadata }) =>
          metadata.name.endsWith('.one'),
        ) as
          | { spec?: { egressGateway?: { nodeSelector?: { matchLabels?: Readonly<Record<string, string>> } } } }
          | undefined;
        return policy?.spec?.egressGateway?.nodeSelector?.matchLabels?.['kubernetes.io/hostname'];
      };
      await expect.poll(gateway, poll).toMatch(/^n\d$/);
      const dead = (await gateway()) ?? '';
      agents.powerOff(dead);
      await client(nodes).mergePatch(
        { name: dead },
        { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
        { subresource: 'status' },
      );
      await expect.poll(async () => [dead, undefined].includes(await gateway()), poll).toBe(false);
      await deletePool();
      expect((await client(egressGatewayPolicies).list()).items).toEqual([]);
      expect(await stop()).toBe(0);
      await agents.stop();
      for (const node of ['n1', 'n2']) await client(nodes).delete({ name: node });
      for (const { metadata } of (await client(egressNodes).list()).items)
        await client(egressNodes).delete({ name: metadata.name });
    }, 120_000);

    it('serves on Antrea, which puts addresses on nodes itself where no agents run', async () => {
      for (const node of ['n1', 'n2']) await addNode(node);
      await client(configMaps).create({ metadata: { namespace: 'kube-system', name: 'antrea-config' }, data: {} });
      const antrea = await startAntrea({ rest: server.rest });
      await addPool('10.0.0.0/28');
      const stop = await run({ network: 'antrea' }, ['egresses', 'externalippools']);
      await expect
        .poll(
          async () =>
            (await client(egresses).list()).items.some((egress) =>
              /^n/.test((egress['status'] as { egressNode?: string } | undefined)?.egressNode ?? ''),
            ),
          poll,
        )
        .toBe(true);
      await deletePool();
      await expect.poll(async () => (await client(egresses).list()).items, poll).toEqual([]);
      await expect.poll(async () => (await client(externalIPPools).list()).items, poll).toEqual([]);
      expect(await stop()).toBe(0);
      await antrea.stop();
    }, 120_000);

    it('reads subnets and asks for credentials on AWS', async () => {
      // The cloud does not answer: what the cluster says is read all the same.
      const stop = await run(
        { network: 'openshift-sdn', provider: 'aws', cloud: { region: 'us-east-1', endpoint: 'http://127.0.0.1:9' } },
        [],
      );
      await expect
        .poll(
          async () =>
            (
              await client({
                group: 'cloudcredential.openshift.io',
                version: 'v1',
                plural: 'credentialsrequests',
                kind: 'CredentialsRequest',
                namespaced: true,
              }).list()
            ).items.length,
          poll,
        )
        .toBe(1);
      expect(await stop()).toBe(0);
    }, 90_000);

    it('is granted every verb that it uses, and uses every verb that it is granted', async () => {
      const events = (await server.envtest?.auditEvents())?.filter(({ user }) => user === serviceAccount) ?? [];
      expect(events.filter(({ code }) => code === 403).map(({ verb, requestUri }) => `${verb} ${requestUri}`)).toEqual(
        [],
      );
      const unused = rules.flatMap((rule) =>
        rule.resources.flatMap((entry) =>
          rule.verbs
            .filter((verb) => {
              const [resource = '', subresource = ''] = entry.split('/');
              return !events.some(
                (event) =>
                  event.verb === verb &&
                  event.group === rule.apiGroups[0] &&
                  event.resource === resource &&
                  event.subresource === subresource &&
                  (rule.namespace === undefined || event.namespace === rule.namespace),
              );
            })
            .map((verb) => `${verb} ${entry}${rule.namespace === undefined ? '' : ` in ${rule.namespace}`}`),
        ),
      );
      // Applying an object that is not there is a patch to the audit log, and needs the right to create. The roster
      // changes with agents that can be asked, which the stand-ins cannot. Reviews of who reads metrics have a suite of
      // their own, by the same role.
      expect(unused.toSorted()).toEqual([
        'create ciliumegressgatewaypolicies',
        'create egresses',
        'create egressips',
        'create externalippools',
        'create subjectaccessreviews',
        'create tokenreviews',
        `update configmaps in ${ownNamespace}`,
      ]);
    });
  },
);
