import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { BindingFacts, HostedAddress, NetworkFacts } from '../network-contract/facts.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import type { PlacementMode } from '../network-contract/traits.ts';
import { plain } from '../plain/plain-network.ts';
import type { ClusterSnapshot, LabelSelector, NodeSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { plan } from './planner.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

it('law 2: who keeps what an EgressIPAM gave that does not select it any more is told so', () => {
  const had = { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' };
  const said = (namespaceSelector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): unknown => {
    const selecting = namespaceSelector === undefined ? {} : { namespaceSelector };
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1', 'a')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], selecting)],
        namespaces: [aNamespace('has', 0, { ...had, labels }), aNamespace('new', 1, { labels })],
      }),
      plain,
    );
    const findings = result.findings.map(({ code, severity, object: { name } }) => [code, severity, name]);
    return { has: result.allocations[0]?.addresses, findings };
  };
  const red = { matchLabels: { team: 'red' } };
  const has = ['10.0.0.5'];
  for (const selector of [undefined, {}, red]) expect(said(selector, { team: 'red' })).toEqual({ has, findings: [] });
  expect(said(red, {})).toEqual({
    has,
    findings: [
      ['NamespaceNotAllowed', 'error', 'new'],
      ['NamespaceNotAllowed', 'warning', 'has'],
    ],
  });
});

interface Scene {
  readonly parts?: Partial<Omit<ClusterSnapshot, 'formatVersion'>>;
  readonly nodes?: readonly NodeSnapshot[];
  readonly facts?: Partial<NetworkFacts>;
  readonly placement?: PlacementMode;
}

/** What is said where `shop` has 10.0.0.5: the code, of whom, and in which words. */
function saidOf({ parts, nodes = [aNode('n1')], facts = {}, placement = 'us' }: Scene): readonly string[] {
  const backend: NetworkBackend = {
    ...plain,
    traits: (...given) => ({ ...plain.traits(...given), placement: () => placement }),
    createFactsReader: () => ({ read: (view) => ({ ...plain.createFactsReader().read(view), ...facts }) }),
  };
  const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' })];
  const egressIPAMs = [anEgressIPAM(['10.0.0.0/28=a'])];
  const { findings } = plan(aSnapshot({ nodes, egressIPAMs, namespaces, ...parts }, backend), backend);
  return findings.map(({ code, object, message }) => `${code} ${object.kind} ${object.name}: ${message}`);
}

const binding = (namespace: string, ours: boolean): BindingFacts => ({
  ...{ namespace, object: { kind: 'Policy', name: namespace }, ours, unconfirmed: [] },
  addresses: [at('10.0.0.5')],
});
const host = (name: string, entry: Partial<HostedAddress> = {}): NetworkFacts['hosts'][number] => ({
  object: { kind: 'Host', name },
  hosted: [{ ...{ address: at('10.0.0.5'), node: 'n1', ours: true, namespace: 'shop', state: 'shown' }, ...entry }],
});

describe('law 2: an address that a namespace has, and that is not well, stays and is told', () => {
  it('that lies in no CIDR any more', () => {
    expect(saidOf({ parts: { egressIPAMs: [anEgressIPAM(['10.1.0.0/28=a'])] } })).toContainEqual(
      expect.stringMatching(/^AddressOutOfPool Namespace shop: 10\.0\.0\.5 stays with the namespace, though /),
    );
  });

  it('that is reserved', () => {
    const reserved = { CIDR: '10.0.0.0/28', labelValue: 'a', reservedIPs: ['10.0.0.5'] };
    expect(saidOf({ parts: { egressIPAMs: [anEgressIPAM([reserved])] } })).toEqual([
      'AddressReserved Namespace shop: 10.0.0.5 stays with the namespace, though it is reserved in 10.0.0.0/28 (10.0.0.5); release it or lift the reservation',
    ]);
  });

  it('that a node has for its own: both are told', () => {
    expect(saidOf({ nodes: [aNode('n1'), aNode('n2', 'z', { addresses: ['10.0.0.5'] })] })).toEqual([
      'AddressConflict Namespace shop: 10.0.0.5 belongs to the namespace, but node n2 uses it too; free it there',
      'AddressConflict Node n2: 10.0.0.5 is an address of this node, and belongs to namespace shop, whose traffic leaves by it; give the node another address',
    ]);
  });

  it('that somebody has in the cloud, or uses otherwise', () => {
    const inUse = [{ address: '10.0.0.5', usedBy: 'a load balancer' }];
    const seen = {
      node: 'n1',
      interfaces: [{ id: 'i', main: true, subnets: ['10.0.0.0/24'], addresses: [] }],
      limits: {},
    };
    const observation = { nodes: [seen], cidrs: [{ cidr: '10.0.0.0/28', inUse, reserved: [] }] };
    const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation };
    const used = [{ address: at('10.0.0.5'), by: 'Policy odd' }];
    const facts = { used, bindings: new NamespaceIndex([binding('shop', true)]) };
    expect(saidOf({ facts })[0]).toContain('but Policy odd uses it too; free it there');
    expect(saidOf({ facts, parts: { provider } })[0]).toContain(
      'but a load balancer has it in the cloud, and Policy odd uses it too; free it there',
    );
  });

  it('that its own node lists for it is no conflict, unless the node goes by it', () => {
    const facts = { hosts: [host('h')] };
    expect(saidOf({ facts, nodes: [aNode('n1', 'a', { addresses: ['192.0.2.1', '10.0.0.5'] })] })).toEqual([]);
    expect(saidOf({ facts, nodes: [aNode('n1', 'a', { addresses: ['10.0.0.5'] })] })).toHaveLength(2);
  });

  it('that is bound to the traffic of somebody else, too, whether anything else is to be decided or not', () => {
    const conflict =
      "AddressConflict Namespace shop: 10.0.0.5 is bound to another namespace's traffic too, and the network serves neither; unbind it there";
    const bindings = new NamespaceIndex([binding('bank', false), binding('shop', true)]);
    expect(saidOf({ facts: { bindings } })).toContain(conflict);
    expect(saidOf({ facts: { bindings, hosts: [host('h')] } })).toContain(conflict);
  });

  it('that another claim is bound to by an object that is not ours', () => {
    const had = { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' };
    const bindings = new NamespaceIndex([binding('bank', false), binding('shop', true)]);
    const namespaces = [aNamespace('bank', 0, had), aNamespace('shop', 1, had)];
    expect(saidOf({ facts: { bindings }, parts: { namespaces } })).toContain(
      'AddressConflict Namespace shop: 10.0.0.5 belongs to the namespace, but Policy bank uses it too; free it there',
    );
  });
});

describe('an address without a node is told why', () => {
  const notPlaced = (scene: Scene): string | undefined =>
    saidOf(scene).flatMap((text) => /^AddressNotPlaced Namespace shop: 10\.0\.0\.5: ([^;]*);/.exec(text)?.[1] ?? [])[0];

  it('where we place', () => {
    const facts = { hosts: [host('h')] };
    expect(notPlaced({ facts })).toBeUndefined();
    expect(notPlaced({ nodes: [aNode('n1', 'a', { ready: false })] })).toBe('no node can carry it now');
    expect(notPlaced({ facts, nodes: [aNode('n1', 'a', { ready: false })] })).toBe(
      'node n1 is not ready and no other node can take it',
    );
    expect(notPlaced({ facts, nodes: [aNode('n1', 'a', { taints: ['karpenter.sh/disrupted'] })] })).toBe(
      'node n1 is about to go and no other node can take it',
    );
    expect(notPlaced({ facts, nodes: [aNode('n1', 'b')] })).toContain('is no node of its CIDR assignment any more');
  });

  it('where the network places on nodes of the CIDR', () => {
    const placement = 'us-by-cidr';
    expect(notPlaced({ placement })).toBeUndefined();
    expect(notPlaced({ placement, nodes: [aNode('n1', 'a', { ready: false })] })).toBe(
      'no node of its CIDR assignment is ready',
    );
    expect(notPlaced({ placement: 'network', nodes: [aNode('n1', 'a', { ready: false })] })).toBeUndefined();
  });
});

it('law 5: what the network hosts for nobody in our care is told, once for each object, and stays', () => {
  const foreign = [1, 2, 3].map((last) => ({
    ...{ address: at(`10.0.0.${last}`), ours: false, namespace: undefined },
  }));
  const hosts = [
    ...foreign.map((entry) => host('theirs', entry)),
    ...[host('elsewhere', { address: at('10.9.0.1'), ours: false }), host('ours', { address: at('10.0.0.4') })],
  ];
  const said = saidOf({ facts: { hosts } });
  expect(said.every((text) => text.startsWith('ForeignHostedAddress Host theirs: '))).toBe(true);
  expect(said[0]).toContain('10.0.0.1 was not put there by this operator; it counts as in use and stays');
});
