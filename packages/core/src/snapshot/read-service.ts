import type { UsedAddress } from '../provider-contract/observation.ts';
import { asRecord, listOf } from './object-reader.ts';

/**
 * The addresses outside of the cluster that a Service answers for: external ones, and those of its load balancer. Never
 * throws.
 */
export function readServiceAddresses(object: unknown): readonly UsedAddress[] {
  const { metadata, spec, status } = asRecord(object);
  const { namespace, name } = asRecord(metadata);
  const { externalIPs, loadBalancerIP, type } = asRecord(spec);
  const { ingress } = asRecord(asRecord(status)['loadBalancer']);
  const balanced =
    type === 'LoadBalancer' ? [loadBalancerIP, ...listOf(ingress).map((entry) => asRecord(entry)['ip'])] : [];
  const addresses = [...listOf(externalIPs), ...balanced].filter(
    (entry): entry is string => typeof entry === 'string' && entry !== '',
  );
  return [...new Set(addresses)].map((address) => ({
    address,
    usedBy: `Service ${nameIn(namespace)}/${nameIn(name)}`,
  }));
}

function nameIn(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 253) : '?';
}
