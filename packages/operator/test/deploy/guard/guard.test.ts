import { ResourceClient, type KubernetesObject } from '@egressip-ipam/kube';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  egressFirewalls,
  egressIPAMs,
  egressIPs,
  hostSubnets,
  namespaces,
  netNamespaces,
  nodes,
} from '../../integration/support/resources.ts';
import { realServer } from '../../integration/support/start-server.ts';
import { noRealServer, unless } from '../../../../../tools/testing/unless.ts';
import { operatorNamespace, prefix, startGuardedServer, type GuardedServer, type User } from './guarded-server.ts';

type Annotations = Readonly<Record<string, string | null>>;
type Attack = readonly [name: string, attempt: () => Promise<unknown>];

const pool = `${prefix}/egressipam`;
const input = `${prefix}/egressips`;
const record = `${prefix}/allocated`;
const label = `${prefix}/egressipam`;
const json = (value: unknown): string => JSON.stringify(value);

describe('the guard', unless(realServer.length === 0, noRealServer), () => {
  let guarded: GuardedServer;
  beforeAll(async () => {
    guarded = await startGuardedServer();
    await seed();
  }, 120_000);
  afterAll(() => guarded.stop(), 60_000);

  const client = (user: User, resource: typeof namespaces): ResourceClient =>
    new ResourceClient(guarded.as(user), resource);
  const send = (
    user: User,
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    type = 'merge-patch',
  ): Promise<unknown> =>
    guarded.as(user).request(method, path, {
      ...(body === undefined ? {} : { body }),
      ...(method === 'PATCH'
        ? {
            contentType: `application/${type}+${type === 'apply-patch' ? 'yaml' : 'json'}`,
            ...(type === 'apply-patch' ? { query: { fieldManager: 'test', force: true } } : {}),
          }
        : {}),
    });
  const annotate = (user: User, namespace: string, annotations: Annotations, subresource = ''): Promise<unknown> =>
    send(user, 'PATCH', `/api/v1/namespaces/${namespace}${subresource}`, { metadata: { annotations } });
  const make = (user: User, metadata: object): Promise<unknown> =>
    send(user, 'POST', '/api/v1/namespaces', { metadata });
  const get = (path: string): Promise<KubernetesObject> =>
    guarded.as('administrator').request('GET', path) as Promise<KubernetesObject>;
  const shop = '/api/v1/namespaces/shop';
  const ownEgressIP = '/apis/k8s.ovn.org/v1/egressips/egressip-shop';
  const ownFirewall = '/apis/k8s.ovn.org/v1/namespaces/shop/egressfirewalls/default';
  const policies = '/apis/cilium.io/v2/ciliumegressgatewaypolicies';
  const egresses = '/apis/crd.antrea.io/v1beta1/egresses';
  const ipPools = '/apis/crd.antrea.io/v1beta1/externalippools';
  const egressNodes = '/apis/redhatcop.redhat.io/v1alpha1/egressnodes';
  const policy = (name: string, matchLabels: object): object => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEgressGatewayPolicy',
    metadata: { name, labels: { [label]: 'pool' } },
    spec: {
      selectors: [{ podSelector: { matchLabels } }],
      destinationCIDRs: ['0.0.0.0/0'],
      egressGateway: { nodeSelector: {}, egressIP: '10.0.0.1' },
    },
  });
  const egress = (name: string, matchLabels: object, labels: object = { [label]: 'pool' }): object => ({
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'Egress',
    metadata: { name, labels },
    spec: { appliedTo: { namespaceSelector: { matchLabels } }, egressIP: '10.0.0.1' },
  });
  const ipPool = {
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'ExternalIPPool',
    metadata: { name: 'egressip-ipam.pool', labels: { [label]: 'pool' } },
    spec: { ipRanges: [{ start: '10.0.0.1', end: '10.0.0.9' }], nodeSelector: {} },
  };
  const hostSubnet = '/apis/network.openshift.io/v1/hostsubnets/node';
  const netNamespace = '/apis/network.openshift.io/v1/netnamespaces/shop';
  const poolPath = '/apis/redhatcop.redhat.io/v1alpha1/egressipams/pool';
  const egressIP = (name: string, namespace = 'shop', labels: object = { [label]: 'pool' }): KubernetesObject =>
    ({
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'EgressIP',
      metadata: { name, labels },
      spec: {
        egressIPs: ['10.0.0.1'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      },
    }) as unknown as KubernetesObject;

  /** What the operator has made, by the operator itself, and things that are not its own. */
  async function seed(): Promise<void> {
    const root = guarded.server.rest;
    const asRoot = (resource: typeof namespaces): ResourceClient => new ResourceClient(root, resource);
    await asRoot(namespaces).create({ metadata: { name: operatorNamespace } });
    await asRoot(namespaces).create({ metadata: { name: 'openshift-cloud-credential-operator' } });
    for (const name of ['pool', 'other'])
      await asRoot(egressIPAMs).create({
        metadata: { name },
        spec: { topologyLabel: 'zone', cidrAssignments: [{ CIDR: '10.0.0.0/28', labelValue: 'a' }] },
      });
    // Stored only once the server knows the field.
    await vi.waitFor(
      async () =>
        expect(
          await asRoot(egressIPAMs).mergePatch(
            { name: 'other' },
            { spec: { maxClaims: { teamLabel: 'team', perTeam: 1 } } },
          ),
        ).toHaveProperty('spec.maxClaims'),
      { timeout: 30_000, interval: 100 },
    );
    await make('administrator', { name: 'shop', annotations: { [pool]: 'pool' }, labels: { team: 'red' } });
    await annotate('operator', 'shop', { [input]: '10.0.0.1', [record]: 'pool/10.0.0.1' });
    await asRoot(nodes).create({ metadata: { name: 'node', labels: { zone: 'a' } } });
    await client('operator', nodes).mergePatch(
      { name: 'node' },
      {
        metadata: {
          labels: { 'k8s.ovn.org/egress-assignable': '', [label]: 'pool' },
          annotations: { [`${prefix}/egress-assignable`]: '' },
        },
      },
    );
    await client('operator', egressIPs).apply(egressIP('egressip-shop'), {
      fieldManager: 'egressip-ipam-operator',
      force: true,
    });
    await asRoot(egressIPs).create({
      ...egressIP('by-hand'),
      metadata: { name: 'by-hand' },
      spec: { egressIPs: ['10.0.0.7'], namespaceSelector: { matchLabels: { team: 'red' } } },
    });
    await client('operator', egressFirewalls).create({
      metadata: { namespace: 'shop', name: 'default', labels: { [`${prefix}/guard`]: 'unassigned' } },
      spec: {
        egress: [
          { type: 'Allow', to: { nodeSelector: {} } },
          { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } },
          { type: 'Deny', to: { cidrSelector: '::/0' } },
        ],
      },
    });
    // What it keeps in may change, and back.
    for (const families of [['::/0'], ['0.0.0.0/0', '::/0']])
      await send('operator', 'PATCH', ownFirewall, {
        metadata: { labels: { [`${prefix}/guard`]: `unassigned-${families.length}` } },
        spec: { egress: families.map((cidrSelector) => ({ type: 'Deny', to: { cidrSelector } })) },
      });
    await asRoot(egressFirewalls).create({
      metadata: { namespace: 'default', name: 'default' },
      spec: { egress: [{ type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } }] },
    });
    const { metadata: _marked, ...ofPolicy } = policy('by-hand', { 'io.kubernetes.pod.namespace': 'shop' }) as {
      metadata: object;
    };
    await root.request('POST', policies, { body: { ...ofPolicy, metadata: { name: 'by-hand' } } });
    await root.request('POST', egresses, { body: egress('by-hand', { team: 'red' }, {}) });
    await root.request('POST', egressNodes, {
      body: {
        apiVersion: 'redhatcop.redhat.io/v1alpha1',
        kind: 'EgressNode',
        metadata: { name: 'node' },
        spec: { addresses: [] },
      },
    });
    await send(
      'operator',
      'POST',
      policies,
      policy('egressip-ipam.ipv4.shop', { 'io.kubernetes.pod.namespace': 'shop' }),
    );
    await send('operator', 'POST', egresses, egress('egressip-ipam.shop', { 'kubernetes.io/metadata.name': 'shop' }));
    await asRoot(hostSubnets).create({
      metadata: { name: 'node' },
      host: 'node',
      hostIP: '10.0.0.14',
      subnet: '10.128.0.0/23',
      egressIPs: ['10.0.0.9'],
    });
    await client('operator', hostSubnets).mergePatch(
      { name: 'node' },
      {
        metadata: {
          annotations: { [`${prefix}/hosted-ips`]: '10.0.0.1=shop', [`${prefix}/hosted-cidrs`]: '10.0.0.0/28' },
        },
        egressIPs: ['10.0.0.9', '10.0.0.1'],
        egressCIDRs: ['10.0.0.0/28'],
      },
    );
    await asRoot(netNamespaces).create({ metadata: { name: 'shop' }, netname: 'shop', netid: 7 });
    await client('operator', netNamespaces).mergePatch({ name: 'shop' }, { egressIPs: ['10.0.0.1'] });
  }

  /** Each attempt is refused by a policy of ours, not for any other reason. */
  const refuses = (attacks: () => readonly Attack[]) => async (): Promise<void> => {
    const went: string[] = [];
    for (const [name, attempt] of attacks()) {
      const answer = await attempt().then(
        () => 'was allowed',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (!/ValidatingAdmissionPolicy 'egressip-ipam-[a-z-]+' with binding .* denied request/.test(answer))
        went.push(`${name}: ${answer}`);
    }
    expect(went).toEqual([]);
  };
  const allows = (uses: () => readonly Attack[]) => async (): Promise<void> => {
    const refused: string[] = [];
    for (const [name, attempt] of uses())
      await attempt().catch((error: unknown) => refused.push(`${name}: ${String(error)}`));
    expect(refused).toEqual([]);
  };
  const strategic = 'strategic-merge-patch';

  it(
    'lets nobody claim without the verb "use"',
    refuses(() => [
      ['create', () => make('tenant', { name: 'claims', annotations: { [pool]: 'other' } })],
      [
        'create with a generated name',
        () => make('tenant', { generateName: 'claims-', annotations: { [pool]: 'other' } }),
      ],
      [
        'an EgressIPAM that does not exist yet',
        () => make('tenant', { name: 'claims', annotations: { [pool]: 'tomorrow' } }),
      ],
      ['a name with a space', () => make('tenant', { name: 'claims', annotations: { [pool]: 'pool ' } })],
      ['another EgressIPAM, merge patch', () => annotate('tenant', 'shop', { [pool]: 'other' })],
      [
        'strategic merge patch',
        () => send('tenant', 'PATCH', shop, { metadata: { annotations: { [pool]: 'other' } } }, strategic),
      ],
      [
        'JSON patch',
        () =>
          send(
            'tenant',
            'PATCH',
            shop,
            [{ op: 'replace', path: `/metadata/annotations/${pool.replace('/', '~1')}`, value: 'other' }],
            'json-patch',
          ),
      ],
      [
        'server-side apply',
        () =>
          send(
            'tenant',
            'PATCH',
            shop,
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: { [pool]: 'other' } } },
            'apply-patch',
          ),
      ],
      [
        'server-side apply of a new one',
        () =>
          send(
            'tenant',
            'PATCH',
            '/api/v1/namespaces/claims',
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'claims', annotations: { [pool]: 'other' } } },
            'apply-patch',
          ),
      ],
      ['update', async () => send('tenant', 'PUT', shop, withAnnotations(await get(shop), { [pool]: 'other' }))],
      ['by status', () => annotate('tenant', 'shop', { [pool]: 'other' }, '/status')],
      [
        'by finalize',
        async () => send('tenant', 'PUT', `${shop}/finalize`, withAnnotations(await get(shop), { [pool]: 'other' })),
      ],
    ]),
  );

  it(
    'lets nobody name addresses without the verb "pin"',
    refuses(() => [
      ['at once', () => make('tenant', { name: 'names', annotations: { [pool]: 'pool', [input]: '10.0.0.5' } })],
      ['before the claim', () => make('tenant', { name: 'names', annotations: { [input]: '10.0.0.5' } })],
      ['afterwards', () => annotate('tenant', 'shop', { [input]: '10.0.0.5' })],
      ['in other words', () => annotate('tenant', 'shop', { [input]: '10.0.0.1 ' })],
      ['by status', () => annotate('tenant', 'shop', { [input]: '10.0.0.5' }, '/status')],
      [
        'server-side apply',
        () =>
          send(
            'tenant',
            'PATCH',
            shop,
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: { [input]: '10.0.0.5' } } },
            'apply-patch',
          ),
      ],
      ['together with the claim given up', () => annotate('tenant', 'shop', { [pool]: null, [input]: '10.0.0.5' })],
      [
        'of an EgressIPAM where one may claim alone',
        () => make('pinner', { name: 'names', annotations: { [pool]: 'other', [input]: '10.0.0.5' } }),
      ],
    ]),
  );

  it(
    'lets nobody choose a team without the verb "assign"',
    refuses(() => [
      ['at once', () => make('tenant', { name: 'teams', labels: { team: 'blue' } })],
      ['another', () => send('tenant', 'PATCH', shop, { metadata: { labels: { team: 'blue' } } })],
      ['none', () => send('tenant', 'PATCH', shop, { metadata: { labels: { team: null } } })],
      ['by status', () => send('tenant', 'PATCH', `${shop}/status`, { metadata: { labels: { team: 'blue' } } })],
      ['by a controller', () => send('controller', 'PATCH', shop, { metadata: { labels: { team: 'blue' } } })],
      [
        'together with the claim given up',
        () => send('tenant', 'PATCH', shop, { metadata: { labels: { team: 'blue' }, annotations: { [pool]: null } } }),
      ],
    ]),
  );

  it(
    "lets nobody write records, nor what is the operator's in the network",
    refuses(() => [
      [
        'allocated, at once',
        () => make('tenant', { name: 'forges', annotations: { [pool]: 'pool', [record]: 'pool/10.0.0.5' } }),
      ],
      ['allocated, by one who may pin', () => annotate('pinner', 'shop', { [record]: 'pool/10.0.0.5' })],
      [
        'allocated, by a controller that may do nearly all',
        () => annotate('controller', 'shop', { [record]: 'pool/10.0.0.5' }),
      ],
      ['allocated, removed', () => annotate('tenant', 'shop', { [record]: null })],
      ['allocated, by status', () => annotate('tenant', 'shop', { [record]: 'pool/10.0.0.5' }, '/status')],
      [
        'allocated, by finalize',
        async () =>
          send('tenant', 'PUT', `${shop}/finalize`, withAnnotations(await get(shop), { [record]: 'pool/10.0.0.5' })),
      ],
      [
        'allocated, with all annotations',
        () =>
          send('tenant', 'PATCH', shop, [{ op: 'replace', path: '/metadata/annotations', value: {} }], 'json-patch'),
      ],
      [
        'an annotation of ours on a node',
        () =>
          send('network-admin', 'PATCH', '/api/v1/nodes/node', {
            metadata: { annotations: { [`${prefix}/tomorrow`]: 'x' } },
          }),
      ],
      [
        'the mark of a node',
        () =>
          send('network-admin', 'PATCH', '/api/v1/nodes/node', {
            metadata: { annotations: { [`${prefix}/egress-assignable`]: null } },
          }),
      ],
      [
        'the label of a node',
        () =>
          send('network-admin', 'PATCH', '/api/v1/nodes/node', {
            metadata: { labels: { 'k8s.ovn.org/egress-assignable': null } },
          }),
      ],
      [
        'the label of a node, by status',
        () =>
          send('network-admin', 'PATCH', '/api/v1/nodes/node/status', {
            metadata: { labels: { 'k8s.ovn.org/egress-assignable': null } },
          }),
      ],
      ['status', () => send('network-admin', 'PATCH', `${poolPath}/status`, { status: { served: 99 } })],
      [
        'status, JSON patch',
        () =>
          send(
            'network-admin',
            'PATCH',
            `${poolPath}/status`,
            [{ op: 'add', path: '/status', value: { served: 99 } }],
            'json-patch',
          ),
      ],
      [
        'status, server-side apply',
        () =>
          send(
            'network-admin',
            'PATCH',
            `${poolPath}/status`,
            {
              apiVersion: 'redhatcop.redhat.io/v1alpha1',
              kind: 'EgressIPAM',
              metadata: { name: 'pool' },
              status: { served: 99 },
            },
            'apply-patch',
          ),
      ],
      [
        'an EgressIP of ours, changed',
        () => send('network-admin', 'PATCH', ownEgressIP, { spec: { egressIPs: ['10.0.0.9'] } }),
      ],
      [
        'an EgressIP of ours, its label removed',
        () => send('network-admin', 'PATCH', ownEgressIP, { metadata: { labels: { [label]: null } } }),
      ],
      [
        'an EgressIP of ours, both at once',
        () =>
          send('network-admin', 'PATCH', ownEgressIP, {
            metadata: { labels: null },
            spec: { egressIPs: ['10.0.0.9'] },
          }),
      ],
      ['an EgressIP of ours, deleted', () => send('network-admin', 'DELETE', ownEgressIP)],
      [
        'an EgressIP of ours, deleted with all',
        () =>
          send('network-admin', 'DELETE', `/apis/k8s.ovn.org/v1/egressips?labelSelector=${encodeURIComponent(label)}`),
      ],
      [
        'an EgressIP of ours, copied',
        () => send('network-admin', 'POST', '/apis/k8s.ovn.org/v1/egressips', egressIP('copied')),
      ],
      [
        'an EgressIP with our label later',
        () =>
          send('network-admin', 'PATCH', '/apis/k8s.ovn.org/v1/egressips/by-hand', {
            metadata: { labels: { [label]: 'pool' } },
          }),
      ],
      ['an EgressFirewall of ours, changed', () => send('tenant', 'PATCH', ownFirewall, { spec: { egress: [] } })],
      ['an EgressFirewall of ours, deleted', () => send('tenant', 'DELETE', ownFirewall)],
      [
        'an EgressFirewall of ours, its label removed',
        () => send('tenant', 'PATCH', ownFirewall, { metadata: { labels: null } }),
      ],
      ['addresses of a NetNamespace', () => send('network-admin', 'PATCH', netNamespace, { egressIPs: [] })],
      [
        'addresses of a new NetNamespace',
        () =>
          send('network-admin', 'POST', '/apis/network.openshift.io/v1/netnamespaces', {
            apiVersion: 'network.openshift.io/v1',
            kind: 'NetNamespace',
            metadata: { name: 'new' },
            netname: 'new',
            netid: 8,
            egressIPs: ['10.0.0.1'],
          }),
      ],
      [
        'an address of ours on a HostSubnet',
        () => send('network-admin', 'PATCH', hostSubnet, { egressIPs: ['10.0.0.9'] }),
      ],
      ['a CIDR of ours on a HostSubnet', () => send('network-admin', 'PATCH', hostSubnet, { egressCIDRs: [] })],
      [
        'the record on a HostSubnet',
        () =>
          send('network-admin', 'PATCH', hostSubnet, { metadata: { annotations: { [`${prefix}/hosted-ips`]: '' } } }),
      ],
      [
        'a new HostSubnet with a record',
        () =>
          send('network-admin', 'POST', '/apis/network.openshift.io/v1/hostsubnets', {
            apiVersion: 'network.openshift.io/v1',
            kind: 'HostSubnet',
            metadata: { name: 'new', annotations: { [`${prefix}/hosted-ips`]: '10.0.0.1=shop' } },
            host: 'new',
            hostIP: '10.0.0.13',
            subnet: '10.129.0.0/23',
          }),
      ],
    ]),
  );

  it(
    'leaves everybody what is theirs',
    allows(() => [
      ['a claim with the verb', () => make('tenant', { name: 'served', annotations: { [pool]: 'pool' } })],
      [
        'a change beside the annotations',
        () => send('tenant', 'PATCH', shop, { metadata: { labels: { note: 'mine' }, annotations: { note: 'mine' } } }),
      ],
      ['a team with the verb', () => send('administrator', 'PATCH', shop, { metadata: { labels: { team: 'blue' } } })],
      ['the whole object, as it was', async () => send('tenant', 'PUT', shop, await get(shop))],
      [
        'addresses as the operator gave them',
        async () => {
          await annotate('tenant', 'shop', { [input]: null });
          await annotate('tenant', 'shop', { [input]: '10.0.0.1' });
        },
      ],
      ['addresses with the verb', () => annotate('pinner', 'shop', { [input]: '10.0.0.5' })],
      ['an EgressIPAM', () => send('network-admin', 'PATCH', poolPath, { spec: { coolDown: '10m' } })],
      ['a status as it is', () => send('network-admin', 'PATCH', `${poolPath}/status`, {})],
      [
        'an EgressIP by hand',
        () =>
          send('network-admin', 'PATCH', '/apis/k8s.ovn.org/v1/egressips/by-hand', {
            spec: { egressIPs: ['10.0.0.8'] },
          }),
      ],
      [
        'what OVN-Kubernetes writes into an EgressIP of ours',
        () =>
          send('network-admin', 'PATCH', ownEgressIP, {
            metadata: { annotations: { 'k8s.ovn.org/note': 'x' } },
            status: { items: [{ node: 'node', egressIP: '10.0.0.1' }] },
          }),
      ],
      [
        'a label of a node that is not ours',
        () => send('network-admin', 'PATCH', '/api/v1/nodes/node', { metadata: { labels: { zone: 'b' } } }),
      ],
      [
        'an address of somebody else on a HostSubnet',
        () => send('network-admin', 'PATCH', hostSubnet, { egressIPs: ['10.0.0.1'] }),
      ],
      ['addresses, as the SDN moves them', () => send('sdn-controller', 'PATCH', hostSubnet, { egressIPs: [] })],
      ['what a namespace takes along', () => send('namespace-controller', 'DELETE', ownFirewall)],
      ['a claim given up', () => annotate('tenant', 'served', { [pool]: null })],
      [
        'repairs by those who administer',
        async () => {
          await annotate('administrator', 'shop', { [record]: 'pool/10.0.0.1' });
          await send('administrator', 'PATCH', ownEgressIP, { spec: { egressIPs: ['10.0.0.1'] } });
          await send('administrator', 'PATCH', `${poolPath}/status`, { status: { served: 1 } });
        },
      ],
    ]),
  );

  it(
    'lets nobody else take away what carries the addresses of namespaces',
    refuses(() => [
      ['a NetNamespace that binds, deleted', () => send('network-admin', 'DELETE', netNamespace)],
      ['a HostSubnet that hosts ours, deleted', () => send('network-admin', 'DELETE', hostSubnet)],
      [
        'all NetNamespaces deleted',
        () => send('network-admin', 'DELETE', '/apis/network.openshift.io/v1/netnamespaces'),
      ],
      [
        'the wishes for a node, deleted',
        async () => {
          await send('operator', 'PATCH', `${egressNodes}/node`, {
            spec: { addresses: [{ address: '10.0.0.1', reason: 'x' }] },
          });
          await send('network-admin', 'DELETE', `${egressNodes}/node`);
        },
      ],
      ['those of all nodes, deleted', () => send('network-admin', 'DELETE', egressNodes)],
    ]),
  );

  it(
    'lets those go that have nothing of ours, and what the network and the cluster take away themselves',
    allows(() => [
      [
        'a NetNamespace that binds nothing',
        async () => {
          const path = '/apis/network.openshift.io/v1/netnamespaces';
          const body = { metadata: { name: 'idle' }, netname: 'idle', netid: 9 };
          await guarded.server.rest.request('POST', path, {
            body: { apiVersion: 'network.openshift.io/v1', kind: 'NetNamespace', ...body },
          });
          await send('network-admin', 'DELETE', `${path}/idle`);
        },
      ],
      [
        'a HostSubnet, by the SDN, with its node',
        async () => {
          const before = await get(hostSubnet);
          await send('sdn-controller', 'DELETE', hostSubnet);
          const { resourceVersion: _version, uid: _uid, ...metadata } = before.metadata;
          await guarded.server.rest.request('POST', '/apis/network.openshift.io/v1/hostsubnets', {
            body: { ...before, metadata },
          });
        },
      ],
    ]),
  );

  it(
    'lets nobody else change what the operator made on Cilium and Antrea, nor speak for a node',
    refuses(() => [
      [
        'a policy of Cilium',
        () =>
          send('network-admin', 'PATCH', `${policies}/egressip-ipam.ipv4.shop`, {
            spec: { destinationCIDRs: ['10.0.0.0/8'] },
          }),
      ],
      ['a policy of Cilium deleted', () => send('network-admin', 'DELETE', `${policies}/egressip-ipam.ipv4.shop`)],
      [
        'a policy with our mark',
        () => send('network-admin', 'POST', policies, policy('mine', { 'io.kubernetes.pod.namespace': 'shop' })),
      ],
      [
        'an Egress',
        () => send('network-admin', 'PATCH', `${egresses}/egressip-ipam.shop`, { spec: { egressIP: '10.0.0.2' } }),
      ],
      ['a pool with our mark', () => send('network-admin', 'POST', ipPools, ipPool)],
      [
        'wishes for a node',
        () =>
          send('network-admin', 'PATCH', `${egressNodes}/node`, {
            spec: { addresses: [{ address: '10.0.0.9', reason: 'x' }] },
          }),
      ],
      [
        'the report of a node',
        () => send('network-admin', 'PATCH', `${egressNodes}/node/status`, { status: { observedGeneration: 9 } }),
      ],
      [
        'an EgressNode',
        () =>
          send('network-admin', 'POST', egressNodes, {
            apiVersion: 'redhatcop.redhat.io/v1alpha1',
            kind: 'EgressNode',
            metadata: { name: 'other' },
            spec: { addresses: [] },
          }),
      ],
    ]),
  );

  describe('holds the operator itself', () => {
    const own = (path: string, body: unknown, type?: string) => (): Promise<unknown> =>
      send('operator', 'PATCH', path, body, type);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'egressip-ipam-operator', namespace: operatorNamespace },
      spec: { holderIdentity: 'me' },
    };
    const event = (changes: object = {}): object => ({
      metadata: { name: 'shop.1', namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      reason: 'Allocated',
      type: 'Normal',
      message: 'x',
      source: { component: 'egressip-ipam-operator' },
      reportingComponent: 'egressip-ipam-operator',
      reportingInstance: 'pod',
      ...changes,
    });
    const credentials = (name: string, action: readonly string[], namespace = operatorNamespace): object => ({
      apiVersion: 'cloudcredential.openshift.io/v1',
      kind: 'CredentialsRequest',
      metadata: { name, namespace: 'openshift-cloud-credential-operator' },
      spec: {
        secretRef: { name: 'egress-ipam-operator-cloud-credentials', namespace },
        providerSpec: {
          apiVersion: 'cloudcredential.openshift.io/v1',
          kind: 'AWSProviderSpec',
          statementEntries: [{ effect: 'Allow', action, resource: '*' }],
        },
      },
    });
    const firewall = (
      name: string,
      egress: readonly object[],
      labels: object = { [`${prefix}/guard`]: 'unassigned' },
    ): object => ({
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'EgressFirewall',
      metadata: { name, namespace: 'kube-system', labels },
      spec: { egress },
    });
    const deny = { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } };
    const foreignFirewall = '/apis/k8s.ovn.org/v1/namespaces/default/egressfirewalls/default';
    const marked = { metadata: { labels: { [`${prefix}/guard`]: 'unassigned' } } };
    const events = '/api/v1/namespaces/default/events';
    const leases = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const requests =
      '/apis/cloudcredential.openshift.io/v1/namespaces/openshift-cloud-credential-operator/credentialsrequests';
    const firewalls = '/apis/k8s.ovn.org/v1/namespaces/kube-system/egressfirewalls';

    it(
      'to a few annotations of namespaces, one label of nodes, and the fields of the network that it needs',
      refuses(() => [
        [
          'Pod Security labels',
          own('/api/v1/namespaces/kube-system', {
            metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
          }),
        ],
        ['ranges of SCCs', own(shop, { metadata: { annotations: { 'openshift.io/sa.scc.uid-range': '0/1' } } })],
        ['a claim', own(shop, { metadata: { annotations: { [pool]: 'other' } } })],
        ['finalizers', own(shop, { metadata: { finalizers: ['x/y'] } })],
        [
          'owners',
          own(shop, { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node', uid: 'x' }] } }),
        ],
        ['all annotations', own(shop, [{ op: 'replace', path: '/metadata/annotations', value: {} }], 'json-patch')],
        [
          'server-side apply',
          own(
            shop,
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'mine' } } },
            'apply-patch',
          ),
        ],
        ['by status', own(`${shop}/status`, { metadata: { labels: { team: 'mine' } } })],
        [
          'by finalize',
          async () => send('operator', 'PUT', `${shop}/finalize`, { ...(await get(shop)), spec: { finalizers: [] } }),
        ],
        ['a namespace made', () => make('operator', { name: 'made' })],
        ['a namespace deleted', () => send('operator', 'DELETE', shop)],
        ['taints', own('/api/v1/nodes/node', { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } })],
        ['cordon', own('/api/v1/nodes/node', { spec: { unschedulable: true } })],
        ['provider ID', own('/api/v1/nodes/node', { spec: { providerID: 'aws:///x/i-1' } })],
        [
          'labels of nodes',
          own('/api/v1/nodes/node', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } }),
        ],
        [
          'annotations of nodes',
          own('/api/v1/nodes/node', { metadata: { annotations: { 'k8s.ovn.org/host-cidrs': '[]' } } }),
        ],
        [
          'status of nodes',
          own('/api/v1/nodes/node/status', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
        ],
        ['a node deleted', () => send('operator', 'DELETE', '/api/v1/nodes/node')],
        ['a node made', () => send('operator', 'POST', '/api/v1/nodes', { metadata: { name: 'made' } })],
        ['the subnet of a node', own(hostSubnet, { subnet: '10.130.0.0/23' })],
        ['annotations of a HostSubnet', own(hostSubnet, { metadata: { annotations: { x: 'y' } } })],
        ['a HostSubnet deleted', () => send('operator', 'DELETE', hostSubnet)],
        ['the network of a namespace', own(netNamespace, { netid: 0 })],
        [
          'a change of networks asked for',
          own(netNamespace, {
            metadata: { annotations: { 'pod.network.openshift.io/multitenant.change-network': 'global' } },
          }),
        ],
        [
          'an EgressIP by hand, changed',
          own('/apis/k8s.ovn.org/v1/egressips/by-hand', { spec: { egressIPs: ['10.0.0.1'] } }),
        ],
        [
          'an EgressIP of several namespaces, taken over',
          () =>
            client('operator', egressIPs).apply(egressIP('by-hand'), {
              fieldManager: 'egressip-ipam-operator',
              force: true,
            }),
        ],
        ['an EgressIP by hand, deleted', () => send('operator', 'DELETE', '/apis/k8s.ovn.org/v1/egressips/by-hand')],
        [
          'an EgressIP without the mark',
          () => send('operator', 'POST', '/apis/k8s.ovn.org/v1/egressips', egressIP('made', 'shop', {})),
        ],
        [
          'an EgressIP of all namespaces',
          () =>
            send('operator', 'POST', '/apis/k8s.ovn.org/v1/egressips', {
              ...egressIP('made'),
              spec: { egressIPs: ['10.0.0.1'], namespaceSelector: {} },
            }),
        ],
        [
          'an EgressIP of several namespaces',
          own(ownEgressIP, {
            spec: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': null, team: 'red' } } },
          }),
        ],
        ['the status of an EgressIP', own(ownEgressIP, { status: { items: [] } })],
        [
          'an EgressFirewall that opens',
          () =>
            send(
              'operator',
              'POST',
              firewalls,
              firewall('default', [{ type: 'Allow', to: { cidrSelector: '0.0.0.0/0' } }]),
            ),
        ],
        [
          'an EgressFirewall without the mark',
          () => send('operator', 'POST', firewalls, firewall('default', [deny], {})),
        ],
        ['an EgressFirewall of a tenant, marked', own(foreignFirewall, marked)],
        ['an EgressFirewall of a tenant, deleted', () => send('operator', 'DELETE', foreignFirewall)],
        ['an EgressFirewall that keeps nothing in', () => send('operator', 'POST', firewalls, firewall('default', []))],
        [
          'a policy of Cilium by hand, changed',
          own(`${policies}/by-hand`, { spec: { destinationCIDRs: ['10.0.0.0/8'] } }),
        ],
        [
          'a policy of Cilium for all namespaces',
          () => send('operator', 'POST', policies, policy('egressip-ipam.ipv4.shop', {})),
        ],
        [
          'a policy of Cilium without the mark',
          () =>
            send('operator', 'POST', policies, {
              ...policy('egressip-ipam.ipv4.served', { 'io.kubernetes.pod.namespace': 'served' }),
              metadata: { name: 'egressip-ipam.ipv4.served' },
            }),
        ],
        [
          'a policy of Cilium under the name of another namespace',
          () =>
            send(
              'operator',
              'POST',
              policies,
              policy('egressip-ipam.ipv4.shop', { 'io.kubernetes.pod.namespace': 'served' }),
            ),
        ],
        ['an Egress by hand, deleted', () => send('operator', 'DELETE', `${egresses}/by-hand`)],
        ['an Egress of all namespaces', () => send('operator', 'POST', egresses, egress('made', {}))],
        [
          'an ExternalIPPool without the mark',
          () => send('operator', 'POST', ipPools, { ...ipPool, metadata: { name: 'made' } }),
        ],
        [
          'an EgressNode made',
          () =>
            send('operator', 'POST', egressNodes, {
              apiVersion: 'redhatcop.redhat.io/v1alpha1',
              kind: 'EgressNode',
              metadata: { name: 'made' },
              spec: { addresses: [] },
            }),
        ],
        ['what an EgressNode reports', own(`${egressNodes}/node/status`, { status: { observedGeneration: 9 } })],
        ['an EgressNode deleted', () => send('operator', 'DELETE', `${egressNodes}/node`)],
        [
          'a ConfigMap',
          () =>
            send('operator', 'POST', `/api/v1/namespaces/${operatorNamespace}/configmaps`, { metadata: { name: 'x' } }),
        ],
        ['pools', own(poolPath, { spec: { cidrAssignments: [] } })],
        ['labels of pools', own(poolPath, { metadata: { labels: { x: 'y' } } })],
        ['other finalizers', own(poolPath, { metadata: { finalizers: ['x/y'] } })],
        ['a pool deleted', () => send('operator', 'DELETE', poolPath)],
        [
          'a Lease of another name',
          () =>
            send('operator', 'POST', leases(operatorNamespace), {
              ...lease,
              metadata: { name: 'x', namespace: operatorNamespace },
            }),
        ],
        [
          'a Lease of another namespace',
          () =>
            send('operator', 'POST', leases('kube-system'), {
              ...lease,
              metadata: { name: 'egressip-ipam-operator', namespace: 'kube-system' },
            }),
        ],
        [
          'a Lease deleted',
          async () => {
            await guarded.server.rest.request('POST', leases('kube-system'), {
              body: { ...lease, metadata: { name: 'kube-scheduler', namespace: 'kube-system' } },
            });
            await send('operator', 'DELETE', `${leases('kube-system')}/kube-scheduler`);
          },
        ],
        ['an Event in another name', () => send('operator', 'POST', events, event({ reportingComponent: 'kubelet' }))],
        [
          'an Event about a pod',
          () =>
            send(
              'operator',
              'POST',
              events,
              event({ involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'shop' } }),
            ),
        ],
        [
          'an Event of another group',
          () =>
            send('operator', 'POST', '/apis/events.k8s.io/v1/namespaces/default/events', {
              metadata: { name: 'shop.2', namespace: 'default' },
              eventTime: '2026-01-01T00:00:00.000000Z',
              action: 'x',
              reason: 'x',
              type: 'Normal',
              note: 'x',
              regarding: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
              reportingController: 'kubelet',
              reportingInstance: 'x',
            }),
        ],
        [
          "somebody's Event",
          async () => {
            await guarded.server.rest.request('POST', events, {
              body: event({
                metadata: { name: 'shop.3', namespace: 'default' },
                reportingComponent: 'kubelet',
                source: { component: 'kubelet' },
              }),
            });
            await send('operator', 'PATCH', `${events}/shop.3`, {
              reportingComponent: 'egressip-ipam-operator',
              message: 'y',
            });
          },
        ],
        [
          'other rights in the cloud',
          () => send('operator', 'POST', requests, credentials('egress-ipam-operator', ['*'])),
        ],
        [
          'credentials for somebody else',
          () =>
            send(
              'operator',
              'POST',
              requests,
              credentials('egress-ipam-operator', ['ec2:DescribeInstances'], 'kube-system'),
            ),
        ],
        [
          'credentials under another name',
          () => send('operator', 'POST', requests, credentials('x', ['ec2:DescribeInstances'])),
        ],
      ]),
    );

    it(
      'and lets it do its work',
      allows(() => [
        [
          'a policy of Cilium, an Egress and an ExternalIPPool',
          async () => {
            await send(
              'operator',
              'POST',
              policies,
              policy('egressip-ipam.ipv4.served', { 'io.kubernetes.pod.namespace': 'served' }),
            );
            await send('operator', 'PATCH', `${policies}/egressip-ipam.ipv4.served`, {
              metadata: { annotations: { [`${prefix}/looks`]: '2' } },
            });
            await send('operator', 'DELETE', `${policies}/egressip-ipam.ipv4.served`);
            await send('operator', 'POST', egresses, egress('served', { 'kubernetes.io/metadata.name': 'served' }));
            await send('operator', 'DELETE', `${egresses}/served`);
            await send('operator', 'POST', ipPools, ipPool);
            await send('operator', 'DELETE', `${ipPools}/${ipPool.metadata.name}`);
          },
        ],
        [
          'wishes for a node, the roster, and the Lease of an agent',
          async () => {
            await send('operator', 'PATCH', `${egressNodes}/node`, {
              spec: { addresses: [{ address: '10.0.0.1', reason: 'x' }] },
            });
            await send('operator', 'POST', `/api/v1/namespaces/${operatorNamespace}/configmaps`, {
              metadata: { name: 'egressip-ipam-agents' },
            });
            await send('operator', 'POST', leases(operatorNamespace), {
              ...lease,
              metadata: { name: 'egressip-ipam-agent-node', namespace: operatorNamespace },
            });
          },
        ],
        ['annotations', () => annotate('operator', 'shop', { [record]: 'pool/10.0.0.1', [input]: '10.0.0.1' })],
        [
          'a node',
          () =>
            send('operator', 'PATCH', '/api/v1/nodes/node', {
              metadata: {
                labels: { 'k8s.ovn.org/egress-assignable': null },
                annotations: { [`${prefix}/egress-assignable`]: null },
              },
            }),
        ],
        [
          'an EgressIP made, changed and deleted',
          async () => {
            await client('operator', egressIPs).apply(egressIP('egressip-served', 'served'), {
              fieldManager: 'egressip-ipam-operator',
              force: true,
            });
            await send('operator', 'PATCH', '/apis/k8s.ovn.org/v1/egressips/egressip-served', {
              spec: { egressIPs: ['10.0.0.2'] },
            });
            await send('operator', 'DELETE', '/apis/k8s.ovn.org/v1/egressips/egressip-served');
          },
        ],
        [
          'an EgressIP of one namespace taken over',
          async () => {
            await send('network-admin', 'POST', '/apis/k8s.ovn.org/v1/egressips', egressIP('one', 'served', {}));
            await client('operator', egressIPs).apply(egressIP('one', 'served'), {
              fieldManager: 'egressip-ipam-operator',
              force: true,
            });
          },
        ],
        [
          'the finalizer and the status',
          async () => {
            await send('operator', 'PATCH', poolPath, { metadata: { finalizers: ['EgressIPAM_controller'] } });
            await send('operator', 'PATCH', `${poolPath}/status`, { status: { served: 1, waiting: 0 } });
            await send('operator', 'PATCH', poolPath, { metadata: { finalizers: [] } });
          },
        ],
        ['the Lease', () => send('operator', 'POST', leases(operatorNamespace), lease)],
        [
          'Events',
          async () => {
            await send('operator', 'POST', events, event());
            await send('operator', 'PATCH', `${events}/shop.1`, { count: 2, message: 'y' });
          },
        ],
        [
          'credentials',
          () =>
            send(
              'operator',
              'POST',
              requests,
              credentials('egress-ipam-operator', ['ec2:DescribeInstances', 'ec2:AssignPrivateIpAddresses']),
            ),
        ],
      ]),
    );
  });

  it('costs the API server little, however full a namespace is', async () => {
    const crowd = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index.toString(36)}`, '']));
    await allows(() => [
      ['made', () => make('tenant', { name: 'full', annotations: { ...crowd, [pool]: 'pool' } })],
      ['changed', () => send('tenant', 'PATCH', '/api/v1/namespaces/full', { metadata: { labels: { note: 'mine' } } })],
    ])();
    await refuses(() => [
      ['written by the operator', () => annotate('operator', 'full', { [record]: 'pool/10.0.0.2' })],
    ])();
    await allows(() => [
      ['emptied', () => send('tenant', 'PATCH', '/api/v1/namespaces/full', { metadata: { annotations: null } })],
    ])();
  }, 120_000);

  it('is not passed by acting as the operator', async () => {
    const asOperator = { 'impersonate-user': `system:serviceaccount:${operatorNamespace}:egressip-ipam-operator` };
    const forge = { metadata: { annotations: { [record]: 'pool/10.0.0.5' } } };
    expect(await guarded.impersonate('tenant', asOperator, 'PATCH', shop, forge)).toBe(403);
    // Who may take on a group only is not the operator by its groups.
    expect(
      await guarded.impersonate(
        'network-admin',
        { 'impersonate-user': 'tenant', 'impersonate-group': 'system:serviceaccounts:openshift-sdn' },
        'PATCH',
        netNamespace,
        { egressIPs: [] },
      ),
    ).toBe(403);
    expect(json((await get(shop)).metadata.annotations?.[record])).toBe('"pool/10.0.0.1"');
  });
});

function withAnnotations(object: KubernetesObject, annotations: Annotations): object {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
  };
}
