import { type ClusterEvidence, type Recognition } from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';

/** Where Antrea's configuration stands. */
export const configMaps = ['kube-system/antrea-config'];

/** Antrea is there by its kinds, for certain by its configuration; the gate of its Egress feature is in that, too. */
export function recognise({ served, configMaps: present }: ClusterEvidence): Recognition {
  const kind = served.get('egresses.crd.antrea.io');
  const config = configMaps.map((name) => present?.get(name)).find((data) => data !== undefined);
  const text = Object.values(config ?? {}).join('\n');
  const isOff = /^[ \t]*Egress[ \t]*:[ \t]*false\b/m.test(text);
  const obstacle = isOff ? "Antrea's Egress feature is off: set featureGates.Egress=true in its configuration" : '';
  const settings = { obstacle, clusterNetworks: networksIn(text).join(' ') };
  // Files seldom have definitions: who names the network there gets what its configuration says all the same.
  if (kind === undefined) return { certainty: 'absent', ...(config === undefined ? {} : { settings }) };
  return { certainty: config !== undefined && !isOff ? 'at-work' : kind.isUsed ? 'used' : 'served', settings };
}

/**
 * Networks of pods and Services that the configuration names, in lines that are no comments; lists may stand in one
 * line or in many.
 */
function networksIn(config: string): readonly string[] {
  const settings = config.matchAll(/^[ \t]*(?:clusterCIDRs|serviceCIDR|serviceCIDRv6)[ \t]*:(.*(?:\n[ \t]*-.*)*)/gm);
  // No longer than an address: without an end, what is looked for costs the square of a text that has none of it.
  const texts = [...settings].flatMap(([, value = '']) => value.match(/[0-9a-fA-F.:]{1,45}\/\d+/g) ?? []);
  return [...new Set(parseCidrs(texts).map(({ text }) => text))];
}
