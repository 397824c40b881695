import {
  parseAddress,
  type Address,
  type LabelSelector,
  type NetworkView,
  type ObjectReference,
} from '@egressip-ipam/core';
import { isOnRecord, parseAddresses } from '@egressip-ipam/core/plugin';
import type { EgressGatewayPolicyEntry, PolicyGateway } from '../kinds/egress-gateway-policy.ts';
import { allDestinations, hostnameLabel, podNamespaceLabel, policySubject } from '../kinds/names.ts';

/** One gateway of a policy that has an egress IP. */
export interface ParsedGateway {
  readonly address: Address;
  /** The value of the hostname label that it selects; undefined where it selects otherwise. */
  readonly hostname: string | undefined;
}

/** An address of a namespace that nothing carries now. */
export interface ReservedAddress {
  readonly address: Address;
  /** The node whose interface has it, or had it last; empty where none had. */
  readonly node: string;
}

/** A policy with its addresses parsed. */
export interface ParsedPolicy {
  readonly name: string;
  readonly source: EgressGatewayPolicyEntry;
  readonly object: ObjectReference;
  /** For whom it is, where it is ours. */
  readonly ours: { readonly namespace: string; readonly family: 4 | 6 } | undefined;
  /** Whether it is ours only if our record of its namespace confirms that: its managed fields do not say so. */
  readonly awaitsRecord: boolean;
  readonly gateways: readonly ParsedGateway[];
  /** Whether it is about all pods of its namespace, where it is ours: people may have turned it to others. */
  readonly active: boolean;
  /** Of its namespace, and carried by no gateway now. */
  readonly reserve: readonly ReservedAddress[];
  readonly unconfirmed: readonly Address[];
}

/**
 * Parses a policy. It is ours by the name that we give, together with its label, where its managed fields say that we
 * made it, or our record of its namespace confirms it: anybody can copy a label.
 */
export function parsePolicy(source: EgressGatewayPolicyEntry): ParsedPolicy {
  return policyOf(source, source.egressIPAM === undefined ? undefined : policySubject(source.name));
}

function policyOf(source: EgressGatewayPolicyEntry, ours: ParsedPolicy['ours']): ParsedPolicy {
  return {
    name: source.name,
    source,
    object: { kind: 'CiliumEgressGatewayPolicy', name: source.name },
    ours,
    awaitsRecord: ours !== undefined && source.applied !== true,
    // Without destinations nothing is sent anywhere.
    gateways: source.destinationCIDRs.length === 0 ? [] : source.gateways.flatMap(parseGateway),
    // With an interface beside an address Cilium takes no part of it.
    active:
      (ours === undefined || onlyNamespace(source) === ours.namespace) &&
      source.gateways.every((gateway) => gateway.interface === undefined),
    reserve: (source.reserve ?? '').split(',').flatMap(parseReserved),
    unconfirmed: parseAddresses(source.unconfirmed ?? []),
  };
}

/**
 * Whether a policy sends all that leaves its namespace, or all that its EgressIPAM has leave by addresses: people may
 * have turned it to other pods, or to fewer destinations.
 */
export function sendsAll({ active, ours, source }: ParsedPolicy, view: NetworkView): boolean {
  if (!active || ours === undefined) return active;
  const told = view.claimantOf(ours.namespace)?.destinations?.[ours.family];
  if (told === undefined) return true;
  const { destinationCIDRs, excludedCIDRs } = source;
  const isEverything = destinationCIDRs.includes(allDestinations[ours.family]);
  return (
    (isEverything || told.included.every((cidr) => destinationCIDRs.includes(cidr))) &&
    excludedCIDRs.every((cidr) => told.excluded.includes(cidr))
  );
}

/** Whether a policy awaits our record, which does not confirm it. */
export function isUnproven(
  { awaitsRecord, ours, gateways, reserve, unconfirmed }: ParsedPolicy,
  view: NetworkView,
): boolean {
  const named = [...gateways, ...reserve].map(({ address }) => address);
  return awaitsRecord && !isOnRecord(view, ours?.namespace ?? '', [...named, ...unconfirmed]);
}

/** The same policy as somebody else's. */
export function asOthers({ source }: ParsedPolicy): ParsedPolicy {
  return policyOf(source, undefined);
}

function parseReserved(text: string): readonly ReservedAddress[] {
  const [first = '', node = ''] = text.split('=');
  const address = parseAddress(first);
  return address === undefined ? [] : [{ address, node }];
}

function parseGateway({ nodeSelector, egressIP }: PolicyGateway): readonly ParsedGateway[] {
  const address = parseAddress(egressIP);
  return address === undefined ? [] : [{ address, hostname: onlyLabel(nodeSelector, hostnameLabel) }];
}

/** The value that a selector asks of a label, where it asks for nothing else. */
export function onlyLabel(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  label: string,
): string | undefined {
  return matchExpressions.length === 0 && Object.keys(matchLabels).length === 1 ? matchLabels[label] : undefined;
}

/** The one namespace whose pods, all of them, a policy selects; undefined where it selects otherwise. */
export function onlyNamespace({ selectors }: EgressGatewayPolicyEntry): string | undefined {
  const [rule, ...others] = selectors;
  if (rule === undefined || others.length > 0 || rule.nodeSelector !== undefined) return undefined;
  if (rule.namespaceSelector === undefined) return onlyLabel(rule.podSelector ?? {}, podNamespaceLabel);
  const isEveryPod = rule.podSelector === undefined || Object.keys(rule.podSelector).length === 0;
  return isEveryPod ? onlyLabel(rule.namespaceSelector, 'kubernetes.io/metadata.name') : undefined;
}
