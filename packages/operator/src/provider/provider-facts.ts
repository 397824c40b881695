import {
  type NetworkBackend,
  type NetworkSnapshot,
  type NetworkTraits,
  type ProviderFacts,
  type Recognition,
} from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';

/** What raw objects tell of the infrastructure. */
export interface InfrastructureSigns {
  /** The object of OpenShift that describes it. */
  readonly infrastructure: unknown;
  readonly nodes: readonly unknown[];
}

/** What of the facts about the infrastructure stands in the cluster's objects. */
export function signsIn({
  infrastructure,
  nodes,
}: InfrastructureSigns): Pick<ProviderFacts, 'platform' | 'providerIDs'> {
  const status = asRecord(asRecord(infrastructure)['status']);
  const platform = asRecord(status['platformStatus'])['type'] ?? status['platform'];
  const providerIDs = nodes.map((node) => asRecord(asRecord(node)['spec'])['providerID']);
  return {
    ...(typeof platform === 'string' && platform !== '' ? { platform } : {}),
    providerIDs: providerIDs.filter((id): id is string => typeof id === 'string' && id !== ''),
  };
}

/** Whether this project decides which node carries an address, and the network just takes it from there. */
export function isPlacedByUs(backend: NetworkBackend, settings: NetworkSnapshot['settings']): boolean {
  return traitsOf(backend, settings, true).placement({ name: '', cidrs: 1 }) !== 'network';
}

/**
 * Whether addresses lead nowhere on a cloud unless this project attaches them: a network that places goes by what it
 * sees.
 */
export function needsAttaching(backend: NetworkBackend, { settings, clusterAttaches }: Recognition): boolean {
  return isPlacedByUs(backend, settings) && clusterAttaches !== 'at-work';
}

/** For how many milliseconds the network may send on by an address after its objects say otherwise. */
export function sendsOn(backend: NetworkBackend, { settings }: Recognition): number {
  return traitsOf(backend, settings, false).sendsOn ?? 0;
}

/** Whether the network leaves it to others to have the node's kernel answer for an address. */
export function addressOnNode(backend: NetworkBackend, { settings }: Recognition): NetworkTraits['addressOnNode'] {
  return traitsOf(backend, settings, false).addressOnNode;
}

function traitsOf(backend: NetworkBackend, settings: NetworkSnapshot['settings'], isCloud: boolean): NetworkTraits {
  return backend.traits(settings ?? {}, { isCloud, attaches: true });
}
