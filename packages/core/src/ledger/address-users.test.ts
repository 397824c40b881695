import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import type { NetworkFacts } from '../network-contract/facts.ts';
import { NamespaceIndex } from '../network-contract/namespace-index.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { Parser } from '../parse/parsed-snapshot.ts';
import { plain } from '../plain/plain-network.ts';
import { networkView } from '../plan/network-view.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { AddressUsers } from './address-users.ts';
import type { NodeSubnets } from './survey.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

interface Scene {
  readonly users: AddressUsers;
  /** Why the CIDR assignment does not hand an address out. */
  readonly reservation: (text: string) => string | undefined;
}

function sceneOf(
  parts: Partial<Omit<ClusterSnapshot, 'formatVersion'>>,
  facts: Partial<NetworkFacts> = {},
  subnets: NodeSubnets = { known: [], supposed: [] },
): Scene {
  const assignment = { CIDR: '10.0.0.0/24', labelValue: 'a', reservedIPs: ['10.0.0.10', '10.0.0.20-10.0.0.29'] };
  const snapshot = new Parser().parse(aSnapshot({ egressIPAMs: [anEgressIPAM([assignment])], ...parts }));
  const told = { ...plain.createFactsReader().read(networkView(snapshot)), ...facts };
  const users = new AddressUsers(snapshot, told, subnets);
  const parsed = snapshot.egressIPAMs[0]?.assignments[0];
  return { users, reservation: (text) => (parsed === undefined ? undefined : users.reservation(parsed, at(text))) };
}

describe('who uses an address', () => {
  const interfaces = [{ id: 'i', main: true, subnets: [], addresses: [{ address: '10.0.0.2', primary: true }] }];
  const observation = {
    nodes: [{ node: 'n1', interfaces, limits: {} }],
    cidrs: [{ cidr: '10.0.0.0/24', inUse: [{ address: '10.0.0.8', usedBy: 'interface eni-1' }], reserved: [] }],
  };
  const { users } = sceneOf(
    {
      nodes: [aNode('n1', 'a', { addresses: ['10.0.0.1', '10.0.0.2'] })],
      infrastructure: { virtualIPs: ['10.0.0.3'] },
      serviceAddresses: [{ address: '10.0.0.4', usedBy: 'Service shop/web' }],
      provider: { name: 'cloud', attach: true, cloud: true, observationRequired: true, observation },
    },
    {
      used: [{ address: at('10.0.0.5'), by: 'EgressIP other' }],
      bindings: new NamespaceIndex([
        {
          ...{ namespace: 'shop', object: { kind: 'Binding', name: 'b' }, ours: true, unconfirmed: [] },
          addresses: [at('10.0.0.6'), at('10.0.0.1')],
        },
      ]),
      hosts: [
        {
          object: { kind: 'Host', name: 'h' },
          hosted: [{ address: at('10.0.0.6'), node: 'n1', ours: true, namespace: 'shop', state: 'shown' }],
        },
      ],
    },
  );

  it('is said in words, of several uses the first', () => {
    expect([1, 2, 3, 4, 5, 6, 8, 9].map((last) => users.of(at(`10.0.0.${last}`)))).toEqual([
      'node n1',
      'node n1',
      "the cluster's API, ingress or DNS",
      'Service shop/web',
      'EgressIP other',
      'Binding b',
      'interface eni-1',
      undefined,
    ]);
    expect(['10.0.0.8', '10.0.0.5'].map((text) => users.inCloud(at(text)))).toEqual(['interface eni-1', undefined]);
  });

  it('beside a namespace is all but its own, the node that carries it for it, and the cloud', () => {
    const beside = (namespace: string, text: string, host?: string): readonly string[] =>
      users.beside(namespace, at(text), host);
    expect(beside('shop', '10.0.0.6', 'n1')).toEqual([]);
    expect(beside('bank', '10.0.0.6', undefined)).toEqual(['Binding b', 'Host h']);
    expect(beside('shop', '10.0.0.1', 'n2')).toEqual(['node n1']);
    expect(beside('shop', '10.0.0.1', 'n1')).toEqual([]);
    expect(beside('shop', '10.0.0.8')).toEqual([]);
  });

  it('tells of a node and its interface once', () => {
    expect(users.beside('shop', at('10.0.0.2'), undefined)).toEqual(['node n1']);
    expect(users.beside('shop', at('10.0.0.2'), 'n1')).toEqual(['an interface of node n1']);
  });
});

describe('why a CIDR assignment does not hand an address out', () => {
  it('is what its EgressIPAM reserves, or the network', () => {
    const reserved = [{ first: at('10.0.0.40'), last: at('10.0.0.41'), reason: 'it is a gateway' }];
    const { reservation } = sceneOf({}, { reserved });
    expect(['10.0.0.10', '10.0.0.25', '10.0.0.30', '10.0.0.41', '10.0.0.42'].map(reservation)).toEqual([
      'it is reserved in 10.0.0.0/24 (10.0.0.10)',
      'it is reserved in 10.0.0.0/24 (10.0.0.20-10.0.0.29)',
      undefined,
      'it is a gateway',
      undefined,
    ]);
  });

  it('is what the platform keeps: in subnets of nodes, in what is taken for one, or of the CIDR', () => {
    const cidrs = [{ cidr: '10.0.0.0/24', inUse: [], reserved: ['10.0.0.200'] }];
    const provider = {
      ...{
        name: 'cloud',
        attach: false,
        cloud: true,
        observationRequired: false,
        keptInSubnets: { first: 4, last: 1 },
      },
      observation: { nodes: [], cidrs },
    };
    const [known, supposed] = [parseCidrs(['10.0.0.64/26']), parseCidrs(['10.0.0.128/26'])];
    const { reservation } = sceneOf({ provider }, {}, { known, supposed });
    expect(['10.0.0.66', '10.0.0.131', '10.0.0.200', '10.0.0.68'].map(reservation)).toEqual([
      'the subnet 10.0.0.64/26 of nodes keeps 10.0.0.64-10.0.0.67 for itself',
      'the platform keeps 10.0.0.128-10.0.0.131 if 10.0.0.128/26 is a subnet, and no node tells its own',
      'the platform keeps 10.0.0.200 for itself',
      undefined,
    ]);
  });
});
