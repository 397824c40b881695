import type { TestRequest } from './http-exchange.ts';
import { widget, widgets } from './widget-crd.ts';

/** One request of the scenario; what was answered before may be needed to make it. */
export interface Step extends Omit<TestRequest, 'path' | 'body'> {
  readonly title: string;
  readonly path: string | ((seen: Seen) => string);
  readonly body?: unknown;
  /** Remembers the answered object's metadata under this name. */
  readonly remember?: string;
}

/** Metadata of answers by name: the uid, resourceVersion and continue token of each. */
export type Seen = ReadonlyMap<
  string,
  { readonly uid: string; readonly resourceVersion: string; readonly continue: string }
>;

export const mergePatch = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
export const strategicMergePatch = 'application/strategic-merge-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

const hostSubnets = '/apis/network.openshift.io/v1/hostsubnets';
const egressIpams = '/apis/redhatcop.redhat.io/v1alpha1/egressipams';
const egressIps = '/apis/k8s.ovn.org/v1/egressips';
const machineSets = '/apis/machine.openshift.io/v1beta1/namespaces/default/machinesets';
const namespaces = '/api/v1/namespaces';
const inDefault = '/api/v1/namespaces/default';
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';

const step = (title: string, method: string, path: Step['path'], body?: unknown, mediaType?: string): Step => ({
  title,
  method,
  path,
  ...(body !== undefined && { body }),
  ...(mediaType && { mediaType }),
});

const remembered = (name: string, made: Step): Step => ({ ...made, remember: name });

const hostSubnet = (name: string, fields: object = {}): object => ({
  apiVersion: 'network.openshift.io/v1',
  kind: 'HostSubnet',
  metadata: { name },
  host: name,
  hostIP: '10.0.0.1',
  subnet: '10.128.0.0/23',
  ...fields,
});

const egressIpam = (name: string, spec: unknown, fields: object = {}): object => ({
  apiVersion: 'redhatcop.redhat.io/v1alpha1',
  kind: 'EgressIPAM',
  metadata: { name },
  spec,
  ...fields,
});

const egressIp = (name: string, addresses: string[], metadata: object = {}): object => ({
  apiVersion: 'k8s.ovn.org/v1',
  kind: 'EgressIP',
  metadata: { name, ...metadata },
  spec: { egressIPs: addresses, namespaceSelector: { matchLabels: { team: 'a' } } },
});

const condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Good',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

const customResources: readonly Step[] = [
  remembered(
    'first',
    step('create prunes unknown fields', 'POST', hostSubnets, hostSubnet('a', { bogus: 1, egressIPs: ['10.0.0.5'] })),
  ),
  step(
    'strict create refuses them',
    'POST',
    `${hostSubnets}?fieldValidation=Strict`,
    hostSubnet('strict', { bogus: 1 }),
  ),
  step('create of a taken name', 'POST', hostSubnets, hostSubnet('a')),
  step('wrong types and pattern', 'POST', hostSubnets, hostSubnet('b', { hostIP: 5, subnet: 'nope', egressIPs: 'x' })),
  step('null where a value must be', 'POST', hostSubnets, hostSubnet('b', { hostIP: null })),
  step('missing fields', 'POST', hostSubnets, {
    apiVersion: 'network.openshift.io/v1',
    kind: 'HostSubnet',
    metadata: { name: 'b' },
  }),
  step('bad name', 'POST', hostSubnets, hostSubnet('Bad_Name')),
  step('no name', 'POST', hostSubnets, hostSubnet('b', { metadata: {} })),
  step('wrong kind', 'POST', hostSubnets, hostSubnet('b', { kind: 'Other' })),
  step('wrong apiVersion', 'POST', hostSubnets, hostSubnet('b', { apiVersion: 'v1' })),
  step('broken JSON', 'POST', hostSubnets, '{nope'),
  step('wrong media type', 'POST', hostSubnets, hostSubnet('b'), 'text/plain'),
  step(
    'bad labels',
    'POST',
    hostSubnets,
    hostSubnet('b', { metadata: { name: 'b', labels: { 'a b': 'c d' }, annotations: { 'a b': 'x' } } }),
  ),
  step('bad finalizer', 'POST', hostSubnets, hostSubnet('b', { metadata: { name: 'b', finalizers: ['a b'] } })),
  step('label that is no string', 'POST', hostSubnets, hostSubnet('b', { metadata: { name: 'b', labels: { a: 5 } } })),
  step(
    'create with a resourceVersion',
    'POST',
    hostSubnets,
    hostSubnet('b', { metadata: { name: 'b', resourceVersion: '5' } }),
  ),
  step('PUT without resourceVersion', 'PUT', `${hostSubnets}/a`, hostSubnet('a')),
  step(
    'PUT with an old resourceVersion',
    'PUT',
    `${hostSubnets}/a`,
    hostSubnet('a', { metadata: { name: 'a', resourceVersion: '1' } }),
  ),
  step('PUT of another name', 'PUT', `${hostSubnets}/a`, hostSubnet('z')),
  step('PUT of nothing', 'PUT', `${hostSubnets}/z`, hostSubnet('z', { metadata: { name: 'z', resourceVersion: '1' } })),
  step(
    'merge patch with an old resourceVersion',
    'PATCH',
    `${hostSubnets}/a`,
    { metadata: { resourceVersion: '1' }, egressIPs: null },
    mergePatch,
  ),
  step('merge patch of the uid', 'PATCH', `${hostSubnets}/a`, { metadata: { uid: '1' } }, mergePatch),
  step('merge patch of nothing', 'PATCH', `${hostSubnets}/z`, { egressIPs: null }, mergePatch),
  step('merge patch that breaks the schema', 'PATCH', `${hostSubnets}/a`, { subnet: 'x' }, mergePatch),
  step('merge patch that changes nothing', 'PATCH', `${hostSubnets}/a`, { host: 'a' }, mergePatch),
  step(
    'merge patch that adds a finalizer',
    'PATCH',
    `${hostSubnets}/a`,
    { egressIPs: null, metadata: { finalizers: ['a.b/c'] } },
    mergePatch,
  ),
  step('merge patch of metadata only', 'PATCH', `${hostSubnets}/a`, { metadata: { labels: { x: 'y' } } }, mergePatch),
  step(
    'merge patch that empties the labels',
    'PATCH',
    `${hostSubnets}/a`,
    { metadata: { labels: { x: null } } },
    mergePatch,
  ),
  step(
    'JSON patch whose test fails',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'test', path: '/host', value: 'zz' }],
    jsonPatch,
  ),
  step(
    'JSON patch whose test holds',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'test', path: '/host', value: 'a' }],
    jsonPatch,
  ),
  step(
    'JSON patch: replace of a missing field',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'replace', path: '/egressIPs', value: ['10.0.0.6'] }],
    jsonPatch,
  ),
  step(
    'JSON patch: add to a list',
    'PATCH',
    `${hostSubnets}/a`,
    [
      { op: 'add', path: '/egressIPs/-', value: '10.0.0.7' },
      { op: 'add', path: '/egressIPs/0', value: '10.0.0.4' },
    ],
    jsonPatch,
  ),
  step(
    'JSON patch: remove from a list',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'remove', path: '/egressIPs/1' }],
    jsonPatch,
  ),
  step('JSON patch: index too large', 'PATCH', `${hostSubnets}/a`, [{ op: 'remove', path: '/egressIPs/9' }], jsonPatch),
  step(
    'JSON patch: test for null of a missing field',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'test', path: '/egressCIDRs', value: null }],
    jsonPatch,
  ),
  step(
    'JSON patch: test of a missing field',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'test', path: '/egressCIDRs', value: [] }],
    jsonPatch,
  ),
  step(
    'JSON patch: move and copy',
    'PATCH',
    `${hostSubnets}/a`,
    [
      { op: 'copy', from: '/egressIPs', path: '/egressCIDRs' },
      { op: 'remove', path: '/egressCIDRs' },
    ],
    jsonPatch,
  ),
  step(
    'JSON patch: remove of a missing field',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'remove', path: '/nothing' }],
    jsonPatch,
  ),
  step(
    'JSON patch: add below a missing map',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'add', path: '/metadata/annotations/x', value: 'y' }],
    jsonPatch,
  ),
  step(
    'JSON patch: add of a map',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'add', path: '/metadata/annotations', value: { x: 'y' } }],
    jsonPatch,
  ),
  step(
    'JSON patch: escaped pointer',
    'PATCH',
    `${hostSubnets}/a`,
    [{ op: 'add', path: '/metadata/annotations/a.b~1c', value: 'y' }],
    jsonPatch,
  ),
  step('JSON patch: unknown operation', 'PATCH', `${hostSubnets}/a`, [{ op: 'nope', path: '/x' }], jsonPatch),
  step('JSON patch that is no list', 'PATCH', `${hostSubnets}/a`, { a: 1 }, jsonPatch),
  step('strategic merge patch of a custom resource', 'PATCH', `${hostSubnets}/a`, { host: 'a' }, strategicMergePatch),
  step('patch as plain JSON', 'PATCH', `${hostSubnets}/a`, { host: 'a' }),
  step('status of a resource that has none', 'GET', `${hostSubnets}/a/status`),
  step('PUT of such a status', 'PUT', `${hostSubnets}/a/status`, hostSubnet('a')),
];

const deletion: readonly Step[] = [
  step('delete with a wrong uid', 'DELETE', `${hostSubnets}/a`, { preconditions: { uid: 'x' } }),
  step('delete with an old resourceVersion', 'DELETE', `${hostSubnets}/a`, { preconditions: { resourceVersion: '1' } }),
  step('delete held by a finalizer', 'DELETE', `${hostSubnets}/a`),
  step('delete again', 'DELETE', `${hostSubnets}/a`),
  step(
    'new finalizer while deleting',
    'PATCH',
    `${hostSubnets}/a`,
    { metadata: { finalizers: ['a.b/c', 'd.e/f'] } },
    mergePatch,
  ),
  step('edit while deleting', 'PATCH', `${hostSubnets}/a`, { egressIPs: ['10.0.0.9'] }, mergePatch),
  step('removal of the last finalizer', 'PATCH', `${hostSubnets}/a`, { metadata: { finalizers: null } }, mergePatch),
  step('gone', 'GET', `${hostSubnets}/a`),
  step('create again', 'POST', hostSubnets, hostSubnet('a')),
  step('delete at once', 'DELETE', `${hostSubnets}/a`),
  step('delete of nothing', 'DELETE', `${hostSubnets}/a`),
];

const statusSubresource: readonly Step[] = [
  step(
    'errors inside lists',
    'POST',
    egressIpams,
    egressIpam('p', {
      cidrAssignments: [{ CIDR: 'x', labelValue: 5, zz: 1 }, { labelValue: 'l' }],
      topologyLabel: 't',
    }),
  ),
  step('an object that is a string', 'POST', egressIpams, egressIpam('p', 'x')),
  remembered(
    'pool',
    step(
      'create ignores status',
      'POST',
      egressIpams,
      egressIpam(
        'p',
        { cidrAssignments: [{ CIDR: '10.0.0.0/24', labelValue: 'l' }], topologyLabel: 't' },
        { status: { conditions: [condition] } },
      ),
    ),
  ),
  step(
    'status write ignores the rest',
    'PATCH',
    `${egressIpams}/p/status`,
    { metadata: { labels: { q: 'q' } }, spec: { topologyLabel: 'zz' }, status: { conditions: [condition] } },
    mergePatch,
  ),
  step(
    'main write ignores status',
    'PATCH',
    `${egressIpams}/p`,
    { spec: { topologyLabel: 't2' }, status: { conditions: [] } },
    mergePatch,
  ),
  step('bad status', 'PATCH', `${egressIpams}/p/status`, { status: { conditions: [{ type: 'X' }] } }, mergePatch),
  step(
    'duplicate keys of a keyed list',
    'PATCH',
    `${egressIpams}/p/status`,
    { status: { conditions: [condition, condition] } },
    mergePatch,
  ),
  step('status PUT without resourceVersion', 'PUT', `${egressIpams}/p/status`, egressIpam('p', {}, { status: {} })),
  step(
    'status applied',
    'PATCH',
    `${egressIpams}/p/status?fieldManager=controller&force=true`,
    egressIpam('p', { topologyLabel: 'ignored' }, { status: { conditions: [{ ...condition, type: 'Other' }] } }),
    applyPatch,
  ),
  step(
    'status applied without it',
    'PATCH',
    `${egressIpams}/p/status?fieldManager=controller`,
    egressIpam('p', {}, { status: { conditions: [] } }),
    applyPatch,
  ),
  step('get of status', 'GET', `${egressIpams}/p/status`),
  step('delete counts a generation', 'DELETE', `${egressIpams}/p`),
];

const serverSideApply: readonly Step[] = [
  step('create by a person', 'POST', `${egressIps}?fieldManager=person`, egressIp('e', ['10.0.0.1'])),
  step('apply without a manager', 'PATCH', `${egressIps}/e`, egressIp('e', ['10.0.0.2']), applyPatch),
  step('apply of what others own', 'PATCH', `${egressIps}/e?fieldManager=op`, egressIp('e', ['10.0.0.2']), applyPatch),
  step('apply of the same values', 'PATCH', `${egressIps}/e?fieldManager=op`, egressIp('e', ['10.0.0.1']), applyPatch),
  step(
    'forced apply',
    'PATCH',
    `${egressIps}/e?fieldManager=op&force=true`,
    egressIp('e', ['10.0.0.2'], { labels: { x: 'y', z: 'z' } }),
    applyPatch,
  ),
  step(
    'apply again changes nothing',
    'PATCH',
    `${egressIps}/e?fieldManager=op`,
    egressIp('e', ['10.0.0.2'], { labels: { x: 'y', z: 'z' } }),
    applyPatch,
  ),
  step(
    'second manager of one label',
    'PATCH',
    `${egressIps}/e?fieldManager=other`,
    { apiVersion: 'k8s.ovn.org/v1', kind: 'EgressIP', metadata: { name: 'e', labels: { x: 'y' } } },
    applyPatch,
  ),
  step(
    'dropped fields go unless shared',
    'PATCH',
    `${egressIps}/e?fieldManager=op`,
    egressIp('e', ['10.0.0.2']),
    applyPatch,
  ),
  step(
    'dropped by the last owner',
    'PATCH',
    `${egressIps}/e?fieldManager=other`,
    { apiVersion: 'k8s.ovn.org/v1', kind: 'EgressIP', metadata: { name: 'e' } },
    applyPatch,
  ),
  step(
    'a plain write takes a field over',
    'PATCH',
    `${egressIps}/e?fieldManager=person`,
    { spec: { egressIPs: ['10.0.0.3'] } },
    mergePatch,
  ),
  step('which is a conflict then', 'PATCH', `${egressIps}/e?fieldManager=op`, egressIp('e', ['10.0.0.2']), applyPatch),
  step(
    'apply creates',
    'PATCH',
    `${egressIps}/f?fieldManager=op`,
    egressIp('f', ['10.0.0.8'], { labels: { z: 'z' } }),
    applyPatch,
  ),
  step(
    'apply loses its last label',
    'PATCH',
    `${egressIps}/f?fieldManager=op`,
    egressIp('f', ['10.0.0.8']),
    applyPatch,
  ),
  step('apply of another name', 'PATCH', `${egressIps}/f?fieldManager=op`, egressIp('g', ['10.0.0.8']), applyPatch),
  step('apply without a kind', 'PATCH', `${egressIps}/f?fieldManager=op`, { metadata: { name: 'f' } }, applyPatch),
  step(
    'apply with managedFields',
    'PATCH',
    `${egressIps}/f?fieldManager=op`,
    egressIp('f', [], { managedFields: [{ manager: 'op' }] }),
    applyPatch,
  ),
  step(
    'apply of YAML',
    'PATCH',
    `${egressIps}/yaml?fieldManager=op`,
    'apiVersion: k8s.ovn.org/v1\nkind: EgressIP\nmetadata: {name: yaml}\nspec:\n  egressIPs: [10.0.0.4]\n  namespaceSelector: {}\n',
    applyPatch,
  ),
  step(
    'apply with an old resourceVersion',
    'PATCH',
    `${egressIps}/f?fieldManager=op`,
    egressIp('f', ['10.0.0.8'], { resourceVersion: '1' }),
    applyPatch,
  ),
  step('defaults of a big schema', 'POST', machineSets, {
    apiVersion: 'machine.openshift.io/v1beta1',
    kind: 'MachineSet',
    metadata: { name: 'm' },
    spec: { selector: {}, template: {} },
  }),
];

const builtInKinds: readonly Step[] = [
  remembered(
    'namespace',
    step('namespace', 'POST', namespaces, { metadata: { name: 't1', annotations: { a: 'b' }, finalizers: ['x.y/z'] } }),
  ),
  step('namespace with dots', 'POST', namespaces, { metadata: { name: 't1.x' } }),
  step('name that is a number', 'POST', namespaces, { metadata: { name: 5 } }),
  step(
    'strategic merge of metadata',
    'PATCH',
    `${namespaces}/t1`,
    { metadata: { labels: { q: 'r' }, annotations: { a: null, c: 'd' } } },
    strategicMergePatch,
  ),
  step(
    'strategic merge of conditions',
    'PATCH',
    `${namespaces}/t1/status`,
    { status: { conditions: [{ type: 'A', status: 'True' }] } },
    strategicMergePatch,
  ),
  step(
    'one condition more',
    'PATCH',
    `${namespaces}/t1/status`,
    { status: { conditions: [{ type: 'A', status: 'False' }] } },
    strategicMergePatch,
  ),
  step(
    'apply of an annotation',
    'PATCH',
    `${namespaces}/t1?fieldManager=op`,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't1', annotations: { ips: '1' } } },
    applyPatch,
  ),
  step(
    'its removal',
    'PATCH',
    `${namespaces}/t1?fieldManager=op`,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't1' } },
    applyPatch,
  ),
  step('namespace PUT without resourceVersion', 'PUT', `${namespaces}/t1`, {
    metadata: { name: 't1', labels: { a: 'b' }, finalizers: ['x.y/z'] },
  }),
  step('delete of a namespace', 'DELETE', `${namespaces}/t1`),
  step('delete of it again', 'DELETE', `${namespaces}/t1`),
  step('create in it', 'POST', `${namespaces}/t1/configmaps`, { metadata: { name: 'c' } }),
  step('finalize', 'PUT', `${namespaces}/t1/finalize`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 't1', finalizers: ['x.y/z'] },
    spec: { finalizers: [] },
  }),
  step('held by metadata.finalizers', 'GET', `${namespaces}/t1`),
  step('removal of the finalizer', 'PATCH', `${namespaces}/t1`, { metadata: { finalizers: null } }, mergePatch),
  step('gone at last', 'GET', `${namespaces}/t1`),
  step('create in no namespace', 'POST', `${namespaces}/nope/configmaps`, { metadata: { name: 'c' } }),
  step('delete of default', 'DELETE', `${namespaces}/default`),
  step('config map', 'POST', `${inDefault}/configmaps`, { metadata: { name: 'c' }, data: { a: 'x' }, zzz: 1 }),
  step('config map in the wrong namespace', 'POST', `${inDefault}/configmaps`, {
    metadata: { name: 'c', namespace: 'other' },
  }),
  step('config map with a number', 'POST', `${inDefault}/configmaps`, { metadata: { name: 'd' }, data: { a: 5 } }),
  step('PUT with another uid', 'PUT', `${inDefault}/configmaps/c`, { metadata: { name: 'c', uid: 'x' } }),
  step('secret', 'POST', `${inDefault}/secrets`, { metadata: { name: 's' }, stringData: { a: 'b' } }),
  step('secret that is not base64', 'POST', `${inDefault}/secrets`, { metadata: { name: 'q' }, data: { a: '!!' } }),
  step('node', 'POST', '/api/v1/nodes', {
    metadata: { name: 'n1', labels: { a: 'b' } },
    status: {
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }),
  step(
    'node status',
    'PATCH',
    '/api/v1/nodes/n1/status',
    { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    strategicMergePatch,
  ),
  step(
    'node taints are replaced',
    'PATCH',
    '/api/v1/nodes/n1',
    { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] }, status: { phase: 'x' } },
    strategicMergePatch,
  ),
  step('node PUT keeps status', 'PUT', '/api/v1/nodes/n1', { metadata: { name: 'n1' } }),
  step('lease with milliseconds', 'POST', leases, {
    metadata: { name: 'l' },
    spec: { renewTime: '2026-01-01T00:00:00.000Z' },
  }),
  step('lease of no duration', 'POST', leases, { metadata: { name: 'l' }, spec: { leaseDurationSeconds: 0 } }),
  step('lease created by PUT', 'PUT', `${leases}/l`, {
    metadata: { name: 'l' },
    spec: { holderIdentity: 'x', leaseDurationSeconds: 5, renewTime: '2026-01-01T00:00:00.000000Z' },
  }),
  step('lease PUT without resourceVersion', 'PUT', `${leases}/l`, {
    metadata: { name: 'l' },
    spec: { holderIdentity: 'y' },
  }),
  step('event', 'POST', `${inDefault}/events`, {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Namespace', name: 't1' },
    reason: 'R',
    type: 'Normal',
    count: 1,
    firstTimestamp: '2026-01-01T00:00:00Z',
  }),
  step('event in the wrong namespace', 'POST', `${inDefault}/events`, {
    metadata: { name: 'e2' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' },
    type: 'Normal',
  }),
  step('event patched', 'PATCH', `${inDefault}/events/e`, { count: 2 }, strategicMergePatch),
  step('events by field', 'GET', `${inDefault}/events?fieldSelector=involvedObject.name=t1,reason=R`),
  step('bad CustomResourceDefinition', 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'x' },
    spec: {
      group: 'g.x',
      names: { kind: 'X', plural: 'xs' },
      scope: 'Cluster',
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  }),
];

const reading: readonly Step[] = [
  ...['l1', 'l2', 'l3'].map((name) =>
    step(`list item ${name}`, 'POST', `${inDefault}/configmaps`, { metadata: { name, labels: { set: 'list', name } } }),
  ),
  remembered('page', step('first page', 'GET', `${inDefault}/configmaps?limit=2`)),
  step('create between pages', 'POST', `${inDefault}/configmaps`, {
    metadata: { name: 'l4', labels: { set: 'list' } },
  }),
  step(
    'second page is of the first one',
    'GET',
    (seen) => `${inDefault}/configmaps?limit=9&continue=${seen.get('page')?.continue}`,
  ),
  step('bad continue token', 'GET', `${inDefault}/configmaps?limit=2&continue=xx`),
  ...['set=list', 'set!=list', 'name in (l1,l3)', 'name notin (l1),set=list', 'name,set', '!name,set'].map((selector) =>
    step(`label selector ${selector}`, 'GET', `${inDefault}/configmaps?labelSelector=${encodeURIComponent(selector)}`),
  ),
  step('bad label selector', 'GET', `${inDefault}/configmaps?labelSelector=${encodeURIComponent('a in (')}`),
  step('field selector', 'GET', `${inDefault}/configmaps?fieldSelector=metadata.name=l2`),
  step('unknown field selector', 'GET', `${inDefault}/configmaps?fieldSelector=spec.x=y`),
  step('field selector of a custom resource', 'GET', `${egressIps}?fieldSelector=metadata.name=f`),
  step('list of a custom resource', 'GET', egressIps),
  step('unknown field of a custom resource', 'GET', `${egressIps}?fieldSelector=spec.x=y`),
  step('list of the future', 'GET', `${inDefault}/configmaps?resourceVersion=99999999`),
  step('list at no number', 'GET', `${inDefault}/configmaps?resourceVersion=abc`),
  step(
    'list at exactly a revision',
    'GET',
    (seen) => `${inDefault}/configmaps?resourceVersionMatch=Exact&resourceVersion=${seen.get('page')?.resourceVersion}`,
  ),
  step(
    'a page at a revision',
    'GET',
    (seen) => `${inDefault}/configmaps?limit=2&resourceVersion=${seen.get('page')?.resourceVersion}`,
  ),
  step(
    'a page not older than a revision',
    'GET',
    (seen) =>
      `${inDefault}/configmaps?limit=2&resourceVersionMatch=NotOlderThan&resourceVersion=${seen.get('page')?.resourceVersion}`,
  ),
  step(
    'watch from a revision',
    'GET',
    (seen) => `${inDefault}/configmaps?watch=1&timeoutSeconds=1&resourceVersion=${seen.get('page')?.resourceVersion}`,
  ),
  step('watch from the start', 'GET', `${inDefault}/configmaps?watch=1&timeoutSeconds=1&labelSelector=set%3Dlist`),
  step(
    'initial events without a match',
    'GET',
    `${inDefault}/configmaps?watch=1&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true`,
  ),
  step('label lost', 'PATCH', `${inDefault}/configmaps/l1`, { metadata: { labels: null } }, mergePatch),
  step('label gained', 'PATCH', `${inDefault}/configmaps/c`, { metadata: { labels: { set: 'list' } } }, mergePatch),
  step('deleted', 'DELETE', `${inDefault}/configmaps/l2`),
  step(
    'what a selector makes of that',
    'GET',
    (seen) =>
      `${inDefault}/configmaps?watch=1&timeoutSeconds=1&labelSelector=set%3Dlist&resourceVersion=${seen.get('page')?.resourceVersion}`,
  ),
  step('unknown resource', 'GET', '/api/v1/foos'),
  step('unknown resource in a namespace', 'GET', `${inDefault}/foos`),
  step('POST to a name', 'POST', `${namespaces}/default`, {}),
  step('PUT to a collection', 'PUT', namespaces, {}),
];

const schemas: readonly Step[] = [
  ...[
    {},
    { size: 'x' },
    { size: 0 },
    { size: 10 },
    { size: 1.5 },
    { size: 99_999_999_999 },
    { size: 1, mode: 'odd' },
    { size: 1, address: '1.2.3' },
    { size: 1, name: 'x' },
    { size: 1, name: 'xxxxx' },
    { size: 1, port: true },
    { size: 1, tags: ['a', 'a'] },
    { size: 1, tags: ['a', 'b', 'c', 'd'] },
    { size: 1, tags: 'a' },
    { size: 1, parts: [{ name: 'a' }, { name: 'a' }] },
    { size: 1, parts: [{}] },
    { size: 1, labels: { a: 1 } },
    { size: 1, mode: null, note: null, name: null, labels: { a: null }, tags: [] },
  ].map((spec, index) => step(`schema ${JSON.stringify(spec)}`, 'POST', widgets, widget(`schema-${index}`, spec))),
  step(
    'defaults and pruning',
    'POST',
    widgets,
    widget('pruned', {
      size: 1,
      typo: 1,
      parts: [{ name: 'a', typo: 1 }],
      extra: { any: { thing: 1 } },
      labels: { x: 'y' },
      port: 'http',
    }),
  ),
  step(
    'strict and nested',
    'POST',
    `${widgets}?fieldValidation=Strict`,
    widget('strict', { size: 1, typo: 1, parts: [{ name: 'a', typo: 1 }] }),
  ),
  step('the other version', 'GET', `${widgets.replace('/v1/', '/v2/')}/pruned`),
  step(
    'a write in the other version',
    'PATCH',
    `${widgets.replace('/v1/', '/v2/')}/pruned`,
    { spec: { size: 2 }, status: { seen: true } },
    mergePatch,
  ),
  step(
    'an apply of list items',
    'PATCH',
    `${widgets}/lists?fieldManager=one`,
    widget('lists', {
      size: 1,
      tags: ['a', 'b'],
      parts: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    }),
    applyPatch,
  ),
  step(
    'a second manager adds its own',
    'PATCH',
    `${widgets}/lists?fieldManager=two`,
    widget('lists', { size: 1, tags: ['b', 'c'], parts: [{ name: 'c', value: '3' }] }),
    applyPatch,
  ),
  step(
    'and meets a conflict in an item',
    'PATCH',
    `${widgets}/lists?fieldManager=two`,
    widget('lists', { size: 1, parts: [{ name: 'a', value: '9' }] }),
    applyPatch,
  ),
  step(
    'the first lets go of its items',
    'PATCH',
    `${widgets}/lists?fieldManager=one`,
    widget('lists', { size: 1, tags: ['a'], parts: [{ name: 'b', value: '2' }] }),
    applyPatch,
  ),
  step(
    'a manager lets go of everything',
    'PATCH',
    `${widgets}/lists?fieldManager=two`,
    { apiVersion: 'test.example/v1', kind: 'Widget', metadata: { name: 'lists' } },
    applyPatch,
  ),
  step(
    'an apply that breaks the schema',
    'PATCH',
    `${widgets}/lists?fieldManager=one`,
    widget('lists', { size: 0 }),
    applyPatch,
  ),
  step(
    'an apply of an unknown field',
    'PATCH',
    `${widgets}/lists?fieldManager=one`,
    widget('lists', { size: 1, typo: 1 }),
    applyPatch,
  ),
  step(
    'apply of a map with nothing in it',
    'PATCH',
    `${widgets}/maps?fieldManager=one`,
    widget('maps', { size: 1, labels: {}, extra: { a: { b: 1 } } }),
    applyPatch,
  ),
  step('and of the map gone', 'PATCH', `${widgets}/maps?fieldManager=one`, widget('maps', { size: 1 }), applyPatch),
  step(
    'labels by two hands',
    'PATCH',
    `${widgets}/maps`,
    { metadata: { labels: { mine: 'a', yours: 'b' } }, spec: { labels: { mine: 'a' } } },
    mergePatch,
  ),
  step(
    'one of them applied',
    'PATCH',
    `${widgets}/maps?fieldManager=one`,
    { ...widget('maps', { size: 1, labels: { mine: 'a' } }), metadata: { name: 'maps', labels: { mine: 'a' } } },
    applyPatch,
  ),
  step('and let go again', 'PATCH', `${widgets}/maps?fieldManager=one`, widget('maps', { size: 1 }), applyPatch),
];

/** The scenario that a real kube-apiserver and this one must answer alike. */
export const scenario: readonly Step[] = [
  ...customResources,
  ...deletion,
  ...statusSubresource,
  ...serverSideApply,
  ...builtInKinds,
  ...reading,
  ...schemas,
];
