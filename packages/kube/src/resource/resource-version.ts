/**
 * Orders two resourceVersions of one resource: negative when `left` is older, 0 when equal, positive when newer;
 * undefined when one of them is not a decimal number, which makes them incomparable.
 *
 * Kubernetes states since 1.35 that resourceVersions of a resource are decimal integers that may be compared by size
 * (KEP-5504); older servers backed by etcd behave the same.
 */
export function compareResourceVersions(left: string, right: string): number | undefined {
  if (left === right) return 0;
  if (!isDecimal(left) || !isDecimal(right)) return undefined;
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : 1;
}

function isDecimal(value: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(value);
}
