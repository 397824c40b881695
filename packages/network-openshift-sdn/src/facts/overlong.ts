import type { NetworkObstacle, ReservedRange } from '@egressip-ipam/core';
import type { ParsedHostSubnet } from './parse-host-subnet.ts';
import type { ParsedNetNamespace } from './parse-net-namespace.ts';

/** What objects name beside the addresses that are kept one by one, where their lists are too long. */
export function reservedByOverlong(
  objects: readonly Pick<ParsedHostSubnet | ParsedNetNamespace, 'name' | 'object' | 'others'>[],
): readonly ReservedRange[] {
  return objects.flatMap(({ object, name, others = [] }) => {
    const reason = `${object.kind} ${name}, which has more addresses than are read one by one, names it or those around it`;
    return others.map((range) => ({ ...range, reason }));
  });
}

/** Why a namespace is not served whose NetNamespace cannot be written. */
export function overlongObstacle({ name }: ParsedNetNamespace): NetworkObstacle {
  return {
    code: 'InvalidObject',
    message: `NetNamespace ${name} has more egressIPs than any project can leave by, so that nothing is bound there; take out what nobody needs`,
  };
}
