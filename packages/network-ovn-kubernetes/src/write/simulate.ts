import {
  ownershipLabel,
  type NetworkObjects,
  type NetworkStep,
  type NodeSnapshot,
  type SimulatedNetwork,
} from '@egressip-ipam/core';
import { byName, entriesOf, withEntries } from '@egressip-ipam/core/plugin';
import { egressIPKind, type EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressAssignableLabel, labelledByUsAnnotation, namespaceNameLabel } from '../kinds/names.ts';
import { payloadOf, type ApplyPayload, type LabelPayload } from './payload.ts';

/** When an EgressIP is made in a simulation: a snapshot has no clock of its own. */
const simulatedCreation = '2026-01-03T00:00:00Z';

/** What a step makes of the cluster; which node carries an address is left to the network, and stays undecided. */
export function simulate(network: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const { name } = step.object;
  const payload = payloadOf(step);
  const egressIPs = entriesOf(network.objects, egressIPKind);
  const others = egressIPs.filter((entry) => entry.name !== name);
  const existing = egressIPs.find((entry) => entry.name === name);
  const withEgressIPs = (entries: readonly EgressIPEntry[]): SimulatedNetwork => ({
    objects: withEntries(network.objects, egressIPKind, entries),
    nodes: network.nodes,
  });
  switch (payload.write) {
    case 'apply':
      return withEgressIPs([...others, applied(name, existing, payload)].sort(byName));
    case 'delete':
      return withEgressIPs(others);
    case 'touch':
      return withEgressIPs(egressIPs.map((entry) => (entry === existing ? touched(entry, payload.touched) : entry)));
    case 'label':
      return {
        objects: network.objects,
        nodes: network.nodes.map((node) => (node.name === name ? labelled(node, payload) : node)),
      };
  }
}

function applied(name: string, existing: EgressIPEntry | undefined, payload: ApplyPayload): EgressIPEntry {
  const { namespace, egressIPAM, egressIPs, egressNodeSelector } = payload;
  const { mark, touched: row } = existing ?? {};
  return {
    name,
    createdAt: existing?.createdAt ?? simulatedCreation,
    egressIPAM,
    applied: true,
    ...(mark === undefined ? {} : { mark }),
    ...(row === undefined ? {} : { touched: row }),
    egressIPs,
    namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
    ...(egressNodeSelector === undefined ? {} : { egressNodeSelector }),
    assigned: (existing?.assigned ?? []).filter(({ egressIP }) => egressIPs.includes(egressIP)),
  };
}

function touched(entry: EgressIPEntry, text: string): EgressIPEntry {
  const changedAt = text.split('/').at(-1);
  return { ...entry, touched: text, ...(changedAt === undefined ? {} : { changedAt }) };
}

function labelled(node: NodeSnapshot, { assignable, egressIPAM }: LabelPayload): NodeSnapshot {
  const labels = new Map(Object.entries(node.labels));
  const annotations = new Map(Object.entries(node.annotations ?? {}));
  if (assignable !== undefined) {
    put(labels, egressAssignableLabel, assignable ? '' : null);
    put(annotations, labelledByUsAnnotation, assignable ? '' : null);
  }
  if (egressIPAM !== undefined) put(labels, ownershipLabel, egressIPAM);
  return { ...node, labels: Object.fromEntries(labels), annotations: Object.fromEntries(annotations) };
}

function put(values: Map<string, string>, key: string, value: string | null): void {
  if (value === null) values.delete(key);
  else values.set(key, value);
}

/** The objects once nodes are gone: the network takes off what was assigned to them. */
export function withoutNodes(objects: NetworkObjects, isGone: (node: string) => boolean): NetworkObjects {
  const left = entriesOf(objects, egressIPKind).map((entry) =>
    entry.assigned.some(({ node }) => isGone(node))
      ? { ...entry, assigned: entry.assigned.filter(({ node }) => !isGone(node)) }
      : entry,
  );
  return withEntries(objects, egressIPKind, left);
}
