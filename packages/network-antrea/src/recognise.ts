import type { ClusterEvidence, Recognition } from '@egressip-ipam/core';

/** Where Antrea's configuration stands. */
export const configMaps = ['kube-system/antrea-config'];

/** Antrea is there by its kinds, for certain by its configuration; the gate of its Egress feature is in that, too. */
export function recognise({ served, configMaps: present }: ClusterEvidence): Recognition {
  const kind = served.get('egresses.crd.antrea.io');
  if (kind === undefined) return { certainty: 'absent' };
  const config = configMaps.map((name) => present?.get(name)).find((data) => data !== undefined);
  const isOff = /^\s*Egress\s*:\s*false\b/m.test(Object.values(config ?? {}).join('\n'));
  const obstacle = isOff ? "Antrea's Egress feature is off: set featureGates.Egress=true in its configuration" : '';
  return {
    certainty: config !== undefined && !isOff ? 'at-work' : kind.isUsed ? 'used' : 'served',
    settings: { obstacle },
  };
}
