/** What the agent does with each capability that it needs, by its number in the kernel. */
const needed = [
  { name: 'NET_ADMIN', bit: 12n, what: "puts addresses into the node's kernel" },
  { name: 'NET_RAW', bit: 13n, what: 'announces them' },
] as const;

/**
 * Why an agent would be of no use, by what the kernel says of its process; undefined when it has what it needs. One
 * that ran without would renew its Lease, and none of its addresses would be there.
 *
 * @param status the text of `/proc/self/status`
 */
export function whyPowerless(status: string): string | undefined {
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  if (effective === undefined) return undefined;
  const held = BigInt(`0x${effective}`);
  const missing = needed.filter(({ bit }) => ((held >> bit) & 1n) === 0n);
  if (missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name).join(' and ');
  const tasks = missing.map(({ what }) => what).join(' and ');
  return `the agent lacks the capability ${names}, by which it ${tasks}: it has to run as root with NET_ADMIN and NET_RAW, as the DaemonSet of the chart has it`;
}
