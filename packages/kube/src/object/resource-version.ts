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

/** Whether a version is older than another; not, where they cannot be compared. */
export function isOlder(left: string, right: string): boolean {
  return (compareResourceVersions(left, right) ?? 0) < 0;
}

/** Whether a version is newer than another; not, where they cannot be compared. */
export function isNewer(left: string, right: string): boolean {
  return (compareResourceVersions(left, right) ?? 0) > 0;
}

/** The newer of two versions, either of which may be empty: the one that was held, where they cannot be compared. */
export function newerOf(held: string, seen: string): string {
  return held === '' || isNewer(seen, held) ? seen : held;
}

function isDecimal(value: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(value);
}
