import type { EgressNode } from './egress-node.ts';

/**
 * The addresses that a change hands over: their last holder confirmed a moment ago that it let go of them. A wish keeps
 * saying so for as long as it stands: it is believed in the very next generation alone. What a restart finds, or a
 * server that was set back to a backup has, may have been so long ago, and somebody else has the address since.
 *
 * @param previous what was known before; undefined after a start
 */
export function handedOver(node: EgressNode, previous: EgressNode | undefined): readonly string[] {
  if (previous?.generation !== node.generation - 1) return [];
  const known = new Set(previous.wishes.map(({ address }) => address));
  return node.wishes.flatMap(({ address, vacatedBy }) =>
    vacatedBy === undefined || known.has(address) ? [] : [address],
  );
}
