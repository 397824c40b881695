import type { ClusterEvidence, Recognition } from '@egressip-ipam/core';
import { settingsOf } from './facts/settings.ts';

/**
 * Cilium brings its CRD along whether its egress gateway is on or not: the configuration tells. Where that cannot be
 * read, policies that are there have to do.
 */
export function recognise(evidence: ClusterEvidence): Recognition {
  const kind = evidence.served.get('ciliumegressgatewaypolicies.cilium.io');
  const settings = settingsOf(evidence);
  // Files seldom have definitions: who names the network there gets what its configuration says all the same.
  if (kind === undefined) return { certainty: 'absent', ...(settings.configured ? { settings: { ...settings } } : {}) };
  const isOn = settings.configured && settings.obstacle === '';
  return { certainty: isOn ? 'at-work' : kind.isUsed ? 'used' : 'served', settings: { ...settings } };
}
