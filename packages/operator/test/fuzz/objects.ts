/** Whole, valid objects of a small cluster for each network: what the fuzz suite spoils. */

const ours = 'egressip-ipam-operator.redhat-cop.io';
const owned = { [`${ours}/egressipam`]: 'pool' };

const named = (kind: string, apiVersion: string, name: string, rest: object, metadata: object = {}): object => ({
  apiVersion,
  kind,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: '2026-01-02T00:00:00Z', ...metadata },
  ...rest,
});

const namespaces = [
  ['billing', { [`${ours}/egressips`]: '10.0.0.20', [`${ours}/allocated`]: 'pool/10.0.0.20' }],
  ['crm', { [`${ours}/egressips`]: '10.0.0.21' }],
  ['web', {}],
].map(([name, annotations], index) =>
  named(
    'Namespace',
    'v1',
    name as string,
    { status: { phase: 'Active' } },
    {
      labels: { 'kubernetes.io/metadata.name': name, team: `team-${index}` },
      annotations: { [`${ours}/egressipam`]: 'pool', ...(annotations as object) },
    },
  ),
);

const nodes = [1, 2, 3].map((number) =>
  named(
    'Node',
    'v1',
    `node-${number}`,
    {
      spec: { providerID: `other:///zone/vm-${number}`, taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
      status: {
        addresses: [
          { type: 'InternalIP', address: `10.0.0.${number}` },
          { type: 'Hostname', address: `node-${number}` },
        ],
        conditions: [{ type: 'Ready', status: 'True' }],
        nodeInfo: { bootID: `boot-${number}` },
      },
    },
    {
      labels: { zone: 'a', 'kubernetes.io/hostname': `node-${number}`, 'k8s.ovn.org/egress-assignable': '' },
      annotations: {
        'k8s.ovn.org/host-cidrs': JSON.stringify([`10.0.0.${number}/24`]),
        'k8s.ovn.org/node-primary-ifaddr': JSON.stringify({ ipv4: `10.0.0.${number}/24` }),
        'k8s.ovn.org/l3-gateway-config': JSON.stringify({ default: { 'next-hops': ['10.0.0.254'] } }),
        'cloud.network.openshift.io/egress-ipconfig': JSON.stringify([
          { interface: 'eth0', ifaddr: { ipv4: '10.0.0.0/24' }, capacity: { ipv4: 9 } },
        ]),
        'k8s.ovn.org/node-subnets': JSON.stringify({ default: [`10.128.${number}.0/23`] }),
      },
    },
  ),
);

const pool = named(
  'EgressIPAM',
  'redhatcop.redhat.io/v1alpha1',
  'pool',
  {
    spec: {
      topologyLabel: 'zone',
      nodeSelector: { matchLabels: { zone: 'a' }, matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] },
      namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
      cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'a', reservedIPs: ['10.0.0.100-10.0.0.120'], drain: false }],
      coolDown: '10m',
      maxClaims: { teamLabel: 'team', perTeam: 2, teams: [{ name: 'team-0', maxClaims: 3 }] },
    },
    status: {
      released: [{ namespace: 'old', addresses: ['10.0.0.90'], releasedAt: '2026-01-31T23:55:00Z', team: 'team-0' }],
    },
  },
  { finalizers: ['EgressIPAM_controller'] },
);

const shared = [
  pool,
  ...namespaces,
  ...nodes,
  named('Infrastructure', 'config.openshift.io/v1', 'cluster', {
    status: {
      platformStatus: {
        type: 'BareMetal',
        baremetal: { apiServerInternalIPs: ['10.0.0.5'], ingressIPs: ['10.0.0.6'] },
      },
    },
  }),
  named('ServiceCIDR', 'networking.k8s.io/v1', 'kubernetes', { spec: { cidrs: ['172.31.0.0/16'] } }),
  named('Network', 'config.openshift.io/v1', 'cluster', {
    status: { clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }], serviceNetwork: ['172.30.0.0/16'] },
  }),
  named('Service', 'v1', 'lb', {
    spec: { type: 'LoadBalancer', externalIPs: ['10.0.0.130'] },
    status: { loadBalancer: { ingress: [{ ip: '10.0.0.131' }] } },
  }),
];

/** What agents of egress nodes say, where they run. */
export const agentObjects: readonly object[] = [1, 2, 3].flatMap((number) => [
  named('EgressNode', 'redhatcop.redhat.io/v1alpha1', `node-${number}`, {
    spec: { addresses: number === 1 ? [{ address: '10.0.0.20', reason: 'it was placed on this node' }] : [] },
    status: {
      observedGeneration: 1,
      gateways: ['10.0.0.254'],
      interfaces: [
        { name: 'eth0', mac: `02:00:00:00:00:0${number}`, subnets: ['10.0.0.0/24'], addresses: [`10.0.0.${number}`] },
      ],
      addresses:
        number === 1
          ? [{ address: '10.0.0.20', state: 'Held', interface: 'eth0', since: '2026-01-02T00:00:00Z' }]
          : [{ address: '10.0.0.140', state: 'Duplicate', duplicateMAC: '02:00:00:00:00:09', message: 'taken' }],
    },
  }),
  named(
    'Lease',
    'coordination.k8s.io/v1',
    `egressip-ipam-agent-node-${number}`,
    { spec: { holderIdentity: `node-${number}`, leaseDurationSeconds: 6, renewTime: '2026-01-02T00:00:00.000000Z' } },
    { namespace: 'egressip-ipam-operator', labels: { [`${ours}/agent`]: 'true' } },
  ),
]);

const selectsBilling = { matchLabels: { 'kubernetes.io/metadata.name': 'billing' } };

/** By the name of a network: the objects of a cluster on it. */
export const objectsOf: Readonly<Record<string, readonly object[]>> = {
  'openshift-sdn': [
    ...shared,
    ...[1, 2, 3].map((number) => ({
      ...named('HostSubnet', 'network.openshift.io/v1', `node-${number}`, {}),
      host: `node-${number}`,
      hostIP: `10.0.0.${number}`,
      subnet: `10.128.${number}.0/23`,
      egressIPs: number === 1 ? ['10.0.0.20'] : [],
      egressCIDRs: ['10.0.0.0/24'],
    })),
    ...['billing', 'crm', 'web'].map((name, index) => ({
      ...named('NetNamespace', 'network.openshift.io/v1', name, {}),
      netname: name,
      netid: 100 + index,
      egressIPs: index === 0 ? ['10.0.0.20'] : [],
    })),
  ],
  'ovn-kubernetes': [
    ...shared,
    named(
      'EgressIP',
      'k8s.ovn.org/v1',
      'egressip-billing',
      {
        spec: { egressIPs: ['10.0.0.20'], namespaceSelector: selectsBilling, podSelector: { matchLabels: { a: 'b' } } },
        status: { items: [{ node: 'node-1', egressIP: '10.0.0.20' }] },
      },
      {
        labels: owned,
        managedFields: [
          {
            manager: 'egressip-ipam-operator',
            operation: 'Apply',
            time: '2026-01-02T00:00:05Z',
            fieldsV1: { 'f:spec': {} },
          },
        ],
      },
    ),
    named('CloudPrivateIPConfig', 'cloud.network.openshift.io/v1', '10.0.0.20', {
      spec: { node: 'node-1' },
      status: { node: 'node-1', conditions: [{ type: 'Assigned', status: 'True', reason: 'CloudResponseSuccess' }] },
    }),
  ],
  cilium: [
    ...shared,
    named(
      'CiliumNode',
      'cilium.io/v2',
      'node-1',
      {
        spec: {
          addresses: [{ type: 'InternalIP', ip: '10.0.0.1' }],
          health: { ipv4: '10.130.0.9' },
          ipam: { podCIDRs: ['10.130.0.0/24'], pools: { allocated: [{ pool: 'blue', cidrs: ['10.131.0.0/24'] }] } },
        },
      },
      { labels: { 'kubernetes.io/hostname': 'node-1' } },
    ),
    named(
      'CiliumEgressGatewayPolicy',
      'cilium.io/v2',
      'egressip-ipam.ipv4.billing',
      {
        spec: {
          selectors: [{ namespaceSelector: selectsBilling, podSelector: { matchLabels: { a: 'b' } } }],
          destinationCIDRs: ['0.0.0.0/0'],
          excludedCIDRs: ['10.0.0.0/8'],
          egressGateway: {
            nodeSelector: { matchLabels: { 'kubernetes.io/hostname': 'node-1' } },
            egressIP: '10.0.0.20',
          },
        },
      },
      { labels: { ...owned, [`${ours}/namespace`]: 'billing' } },
    ),
    {
      ...named('ConfigMap', 'v1', 'cilium-config', {}, { namespace: 'kube-system' }),
      data: { 'enable-egress-gateway': 'true', 'egress-gateway-policy-map-max': '16384', 'enable-ipv4': 'true' },
    },
  ],
  antrea: [
    ...shared,
    named(
      'Egress',
      'crd.antrea.io/v1beta1',
      'egressip-ipam.billing.10-0-0-20',
      {
        spec: {
          appliedTo: { namespaceSelector: selectsBilling },
          egressIP: '10.0.0.20',
          externalIPPool: 'egressip-ipam.pool.10-0-0-0-24',
        },
        status: {
          egressNode: 'node-1',
          egressIP: '10.0.0.20',
          conditions: [{ type: 'IPAssigned', status: 'True', message: 'done' }],
        },
      },
      { labels: { ...owned, [`${ours}/namespace`]: 'billing' } },
    ),
    named(
      'ExternalIPPool',
      'crd.antrea.io/v1beta1',
      'egressip-ipam.pool.10-0-0-0-24',
      {
        spec: {
          ipRanges: [{ cidr: '10.0.0.0/24' }, { start: '10.0.1.1', end: '10.0.1.9' }],
          nodeSelector: { matchLabels: { zone: 'a' } },
        },
        status: { usage: { total: 256, used: 1 } },
      },
      { labels: { ...owned, [`${ours}/namespace`]: 'billing' } },
    ),
  ],
};
