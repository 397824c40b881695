import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../address/address.ts';
import type { NetworkBackend } from '../../network-contract/backend.ts';
import type { BindingFacts, HostedAddress } from '../../network-contract/facts.ts';
import { entriesOf, withEntries, type NetworkKind } from '../../network-contract/kind.ts';
import { plain } from '../../plain/plain-network.ts';
import { networkLaws } from './laws.ts';

interface NodeEntry {
  readonly name: string;
  /** By address: the namespace. */
  readonly carried: Readonly<Record<string, string>>;
}

const kind: NetworkKind<NodeEntry> = {
  resource: { group: '', version: 'v1', plural: 'carriers', kind: 'Carrier' },
  verbs: [],
  read: () => ({ ok: false, problems: [] }),
};

function hostedBy({ name, carried }: NodeEntry): readonly HostedAddress[] {
  return Object.entries(carried).flatMap(([text, namespace]) => {
    const address = parseAddress(text);
    return address === undefined ? [] : [{ address, node: name, ours: true, namespace, state: 'shown' }];
  });
}

/** What proves an allocation is on the node's object alone, as it must not be: it goes with the node. */
const forgetful: NetworkBackend = {
  ...plain,
  name: 'forgetful',
  traits: (settings, platform) => ({ ...plain.traits(settings, platform), provesAllocations: true }),
  createFactsReader: () => ({
    read: (view) => {
      const hosts = entriesOf(view.objects, kind).map((entry) => ({
        object: { kind: 'Carrier', name: entry.name },
        hosted: hostedBy(entry),
      }));
      const bindings = new Map<string, BindingFacts>();
      for (const { object, hosted } of hosts) {
        for (const { namespace = '', address } of hosted) {
          const addresses = [...(bindings.get(namespace)?.addresses ?? []), address];
          bindings.set(namespace, { namespace, object, ours: true, addresses, unconfirmed: [] });
        }
      }
      return { ...plain.createFactsReader().read(view), hosts, bindings };
    },
  }),
  render: ({ claims, nodeOf, hostOf, order }) => ({
    steps: claims.flatMap(({ namespace, addresses }) =>
      addresses.flatMap((address) => {
        const [text, node] = [formatAddress(address), nodeOf(address)];
        if (node === undefined || hostOf(address) !== undefined) return [];
        const effects = { hosted: [text], bound: [text] };
        return [
          {
            kind: 'network',
            action: 'host',
            id: `host ${text}`,
            object: { kind: 'Carrier', name: node },
            effects,
            after: order.beforeHosting(address),
            payload: { text, namespace },
          },
        ];
      }),
    ),
    findings: [],
  }),
  simulate: ({ objects, nodes }, { object, payload }) => {
    const { text, namespace } = payload as { readonly text: string; readonly namespace: string };
    const entries = entriesOf(objects, kind).map((entry) =>
      entry.name === object.name ? { ...entry, carried: { ...entry.carried, [text]: namespace } } : entry,
    );
    return { nodes, objects: withEntries(objects, kind, entries) };
  },
  provision: (objects, { nodes }) =>
    withEntries(objects, kind, [...entriesOf(objects, kind), ...nodes.map(({ name }) => ({ name, carried: {} }))]),
  withoutNodes: (objects, isGone) =>
    withEntries(
      objects,
      kind,
      entriesOf(objects, kind).filter(({ name }) => !isGone(name)),
    ),
};

// A smaller history would tell no more.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

describe('networkLaws', () => {
  it('law 2: find a network whose proof of an allocation goes with its node', () => {
    const law = networkLaws({ backend: forgetful, attaches: false }).find(({ name }) => name.startsWith('law 2:'));
    expect(() => law?.run(30)).toThrow(/Property failed/);
  });
});
