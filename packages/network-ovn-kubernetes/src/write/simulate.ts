import {
  ownershipLabel,
  type NetworkObjects,
  type NetworkStep,
  type NodeSnapshot,
  type SimulatedNetwork,
} from '@egressip-ipam/core';
import { entriesOf, withEntries, withEntry } from '@egressip-ipam/core/plugin';
import { egressIPKind, type EgressIPEntry } from '../kinds/egress-ip.ts';
import { egressAssignableLabel, labelledByUsAnnotation, namespaceNameLabel } from '../kinds/names.ts';
import { payloadOf, type ApplyPayload, type LabelPayload } from './payload.ts';

/** When an EgressIP is made in a simulation: a snapshot has no clock of its own. */
const simulatedCreation = '2026-01-03T00:00:00Z';

/** What a step makes of the cluster; which node carries an address is left to the network, and stays undecided. */
export function simulate(network: SimulatedNetwork, step: NetworkStep): SimulatedNetwork {
  const { name } = step.object;
  const payload = payloadOf(step);
  const withEgressIP = (update: (entry: EgressIPEntry | undefined) => EgressIPEntry | undefined): SimulatedNetwork => ({
    objects: withEntries(
      network.objects,
      egressIPKind,
      withEntry(entriesOf(network.objects, egressIPKind), name, update),
    ),
    nodes: network.nodes,
  });
  switch (payload.write) {
    case 'apply':
      return withEgressIP((existing) => applied(name, existing, payload));
    case 'delete':
      return withEgressIP(() => undefined);
    case 'touch':
      return withEgressIP((existing) => existing && touched(existing, payload.touched));
    case 'label':
      return {
        objects: network.objects,
        nodes: withEntry(network.nodes, name, (node) => node && labelled(node, payload)),
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
