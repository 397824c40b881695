import { isVersion6, prefixOfCidr } from '../stand-in/addresses.ts';
import type { PolicyMapEntry } from './policy-map.ts';

/** How a machine that plays a node is plugged in. */
export interface PacketPorts {
  /** Its device towards the outside, by which packets leave. */
  readonly outside: string;
  /** Its device towards the other nodes, by which packets are handed to a gateway. */
  readonly overlay: string;
  /** The mark by which it routes to each gateway, by the gateway's own address; its own is not in it. */
  readonly marks: ReadonlyMap<string, number>;
}

/**
 * What a node's policy map makes of packets, as a ruleset of nftables: they are marked for their gateway, leave it by
 * the egress IP, or are dropped. Where no entry is, they leave by the address of the node. Replaces the ruleset before
 * it at once.
 */
export function packetRules(entries: readonly PolicyMapEntry[], { outside, overlay, marks }: PacketPorts): string {
  const longestFirst = [...entries].sort(
    (left, right) => prefixOfCidr(right.destination) - prefixOfCidr(left.destination),
  );
  const rule = (chain: string, match: string, verdict: string): string =>
    `add rule inet egress ${chain} ${match} ${verdict}`;
  const rules = longestFirst.flatMap((entry) => {
    const { value } = entry;
    const match = matchOf(entry);
    const leaving = `oifname "${outside}" ${match}`;
    if (value.kind === 'excluded') return [rule('steer', match, 'return'), rule('rewrite', leaving, 'masquerade')];
    if (value.kind === 'no-gateway') return [rule('steer', match, 'drop')];
    const mark = marks.get(value.address);
    const fromPods = `iifname != "${overlay}" ${match}`;
    const redirect =
      mark === undefined ? rule('steer', fromPods, 'return') : rule('steer', fromPods, `meta mark set ${mark} return`);
    if (value.egressIP === undefined) return [redirect, rule('leave', leaving, 'drop')];
    return [
      redirect,
      rule('rewrite', leaving, `snat ${isVersion6(value.egressIP) ? 'ip6' : 'ip'} to ${value.egressIP}`),
    ];
  });
  return [
    'add table inet egress',
    'delete table inet egress',
    'add table inet egress',
    'add chain inet egress steer { type filter hook prerouting priority mangle; }',
    'add chain inet egress leave { type filter hook forward priority filter; }',
    'add chain inet egress rewrite { type nat hook postrouting priority srcnat; }',
    ...rules,
    `add rule inet egress rewrite oifname "${outside}" masquerade`,
    '',
  ].join('\n');
}

function matchOf({ source, destination }: PolicyMapEntry): string {
  const family = isVersion6(source) ? 'ip6' : 'ip';
  // nftables takes no prefix of length 0.
  return `${family} saddr ${source}${prefixOfCidr(destination) === 0 ? '' : ` ${family} daddr ${destination}`}`;
}
