import { ownershipLabel, parseAddress, type NetworkObjects, type NetworkStep } from '@egressip-ipam/core';
import { entriesOf, listOrNothing, sameInOrder } from '@egressip-ipam/core/plugin';
import { addressOfConfig, cloudPrivateIPConfigKind } from '../kinds/cloud-private-ip-config.ts';
import { egressIPKind } from '../kinds/egress-ip.ts';
import { egressAssignableLabel, namespaceNameLabel } from '../kinds/names.ts';
import { payloadOf, type LabelPayload } from './payload.ts';

/** What a step changes, from what to what: `has 10.0.0.1 and should have nothing`. */
export function describe(objects: NetworkObjects, step: NetworkStep): string {
  const payload = payloadOf(step);
  const existing = entriesOf(objects, egressIPKind).find(({ name }) => name === step.object.name);
  const addresses = existing?.egressIPs ?? [];
  switch (payload.write) {
    case 'apply':
      if (!sameInOrder(addresses, payload.egressIPs))
        return `has ${listOrNothing(addresses)} and should have ${listOrNothing(payload.egressIPs)}`;
      if (existing?.podSelector !== undefined) return 'is narrowed to some pods and should select the whole namespace';
      if (existing?.namespaceSelector.matchLabels?.[namespaceNameLabel] !== payload.namespace) {
        return `selects something else and should select namespace ${payload.namespace}`;
      }
      return `is to be written for EgressIPAM ${payload.egressIPAM}`;
    case 'delete':
      return `has ${listOrNothing(addresses)} and should be gone`;
    case 'touch':
      return 'is to be looked at again by OVN-Kubernetes, as there is room for it';
    case 'label':
      return labelsIn(payload)
        .map(([label, isThere]) => `should have the label ${label}${isThere ? '' : ' no longer'}`)
        .join(' and ');
  }
}

function labelsIn({ assignable, egressIPAM }: LabelPayload): readonly (readonly [label: string, isThere: boolean])[] {
  return [
    ...(assignable === undefined ? [] : [[egressAssignableLabel, assignable] as const]),
    ...(egressIPAM === undefined
      ? []
      : [[egressIPAM === null ? ownershipLabel : `${ownershipLabel}=${egressIPAM}`, egressIPAM !== null] as const]),
  ];
}

/** Sentences about every object that names an address. */
export function explain(objects: NetworkObjects, address: string): readonly string[] {
  const parsed = parseAddress(address);
  const egressIPs = entriesOf(objects, egressIPKind).filter(({ egressIPs: texts }) =>
    texts.some((text) => parseAddress(text) === parsed),
  );
  const configs = entriesOf(objects, cloudPrivateIPConfigKind).filter((config) => addressOfConfig(config) === parsed);
  return [
    ...egressIPs.map(
      ({ name, egressIPAM }) => `EgressIP ${name} names it${egressIPAM === undefined ? ', and is not ours' : ''}.`,
    ),
    ...egressIPs
      .flatMap(({ assigned }) => assigned.filter(({ egressIP }) => parseAddress(egressIP) === parsed))
      .map(({ node }) => `OVN-Kubernetes has it on node ${node}.`),
    ...configs.map(({ name, specNode = 'no node', deletedAt }) => {
      const what =
        deletedAt === undefined
          ? `asks the cloud for it on ${specNode}`
          : 'is going away, and holds it until it is gone';
      return `CloudPrivateIPConfig ${name} ${what}.`;
    }),
  ];
}
