import { formatAddress, type Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';

/** A finding about a namespace. */
export function namespaceFinding(
  namespace: string,
  finding: Omit<Finding, 'object' | 'addresses'>,
  addresses: readonly Address[] = [],
): Finding {
  return {
    ...finding,
    object: { kind: 'Namespace', name: namespace },
    ...(addresses.length > 0 ? { addresses: addresses.map(formatAddress) } : {}),
  };
}
