import type { NetworkObstacle } from '@egressip-ipam/core';
import type { ParsedNetNamespace } from './parse-net-namespace.ts';

/** Why a namespace is not served whose NetNamespace cannot be written. */
export function overlongObstacle({ name }: ParsedNetNamespace): NetworkObstacle {
  return {
    code: 'InvalidObject',
    message: `NetNamespace ${name} has more egressIPs than any project can leave by, so that nothing is bound there; take out what nobody needs`,
  };
}
