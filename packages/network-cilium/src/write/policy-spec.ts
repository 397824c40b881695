import { adoptedAnnotation, ownershipLabel } from '@egressip-ipam/core';
import { makerAfter } from '@egressip-ipam/core/plugin';
import { onlyLabel, onlyNamespace } from '../facts/parse-policy.ts';
import type { EgressGatewayPolicyEntry, PolicyGateway } from '../kinds/egress-gateway-policy.ts';
import {
  bootsAnnotation,
  hostnameLabel,
  looksAnnotation,
  podNamespaceLabel,
  policyName,
  policySubject,
  reserveAnnotation,
} from '../kinds/names.ts';
import type { PolicyContent } from './payload.ts';

/**
 * The object that a policy's content makes: labels, annotations and spec. One family alone, as one without an egress IP
 * of its own would leave by the address of the gateway.
 */
export function objectOf({
  egressIPAM,
  namespace,
  family,
  destinationCIDRs,
  excludedCIDRs,
  gateways,
  boots,
  looks,
  reserve,
  adopted = '',
}: PolicyContent) {
  const [first] = gateways;
  const annotations = written({
    [bootsAnnotation]: boots,
    [looksAnnotation]: looks,
    [reserveAnnotation]: reserve,
    [adoptedAnnotation]: adopted,
  });
  return {
    metadata: {
      name: policyName(namespace, family),
      labels: { [ownershipLabel]: egressIPAM },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      selectors: [{ podSelector: { matchLabels: { [podNamespaceLabel]: namespace } } }],
      destinationCIDRs,
      ...(excludedCIDRs.length === 0 ? {} : { excludedCIDRs }),
      egressGateway: first === undefined ? noGateway : gatewayOf(first),
      ...(gateways.length > 1 ? { egressGateways: gateways.map(gatewayOf) } : {}),
    },
  };
}

/**
 * A policy that is but a record has no destinations: Cilium takes it without effect. The schema wants a gateway in it.
 */
const noGateway: PolicyGateway = { nodeSelector: {}, egressIP: '' };

function gatewayOf({ hostname, egressIP }: PolicyContent['gateways'][number]): PolicyGateway {
  return { nodeSelector: { matchLabels: { [hostnameLabel]: hostname } }, egressIP };
}

/**
 * What makes a policy that is there say this content and nothing else: an apply takes nothing away that people have put
 * there. `strays` are labels by which its gateway is selected, and ours is not.
 */
export function patchOf(content: PolicyContent, strays: readonly string[]): Readonly<Record<string, unknown>> {
  const { excludedCIDRs, gateways } = content;
  const { metadata, spec } = objectOf(content);
  const [{ nodeSelector, egressIP } = noGateway] = gateways.map(gatewayOf);
  const { matchLabels } = nodeSelector;
  const nothing = Object.fromEntries(strays.map((label) => [label, null]));
  const none = { [bootsAnnotation]: null, [looksAnnotation]: null, [reserveAnnotation]: null };
  return {
    metadata: { ...metadata, annotations: { ...none, ...metadata.annotations } },
    spec: {
      ...spec,
      excludedCIDRs: excludedCIDRs.length === 0 ? null : excludedCIDRs,
      egressGateway: {
        nodeSelector: { matchLabels: { ...nothing, ...matchLabels }, matchExpressions: null },
        egressIP,
        interface: null,
      },
      egressGateways: spec.egressGateways ?? null,
    },
  };
}

/** Labels by which a policy's own `egressGateway` is selected, beside the hostname. */
export function straysIn({ gateways, beside = gateways[0] }: EgressGatewayPolicyEntry): readonly string[] {
  return Object.keys(beside?.nodeSelector.matchLabels ?? {}).filter((label) => label !== hostnameLabel);
}

/** The slim entry that the API server then has. */
export function entryOf(
  content: PolicyContent,
  before: EgressGatewayPolicyEntry | undefined,
): EgressGatewayPolicyEntry {
  const { egressIPAM, namespace, family, destinationCIDRs, excludedCIDRs, gateways, boots, looks, reserve, adopted } =
    content;
  return {
    name: policyName(namespace, family),
    egressIPAM,
    ...makerAfter(before, adopted),
    ...written({ boots, looks, reserve }),
    selectors: [{ podSelector: { matchLabels: { [podNamespaceLabel]: namespace } } }],
    destinationCIDRs,
    excludedCIDRs,
    gateways: gateways.length === 0 ? [noGateway] : gateways.map(gatewayOf),
  };
}

/** The texts that say anything. */
function written(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/**
 * What a policy of ours says, as far as it is one that we would write; undefined where somebody has changed its form.
 */
export function contentOf(entry: EgressGatewayPolicyEntry): PolicyContent | undefined {
  const subject = policySubject(entry.name);
  if (subject === undefined || onlyNamespace(entry) !== subject.namespace || entry.deletedAt !== undefined)
    return undefined;
  if (entry.selectors[0]?.namespaceSelector !== undefined || entry.beside !== undefined) return undefined;
  if (entry.gateways.some((gateway) => gateway.interface !== undefined)) return undefined;
  const isRecord = entry.destinationCIDRs.length === 0;
  const gateways = (isRecord ? [] : entry.gateways).map(({ nodeSelector, egressIP }) => ({
    hostname: onlyLabel(nodeSelector, hostnameLabel) ?? '',
    egressIP,
  }));
  return {
    egressIPAM: entry.egressIPAM ?? '',
    namespace: subject.namespace,
    family: subject.family,
    destinationCIDRs: entry.destinationCIDRs,
    excludedCIDRs: entry.excludedCIDRs,
    gateways,
    boots: entry.boots ?? '',
    looks: entry.looks ?? '',
    reserve: entry.reserve ?? '',
  };
}
