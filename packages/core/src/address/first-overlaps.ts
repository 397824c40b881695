import type { Cidr } from './cidr.ts';

/** For each CIDR of a list the position of the first before it that has an address of it, where there is one. */
export function firstOverlaps(cidrs: readonly Cidr[]): readonly (number | undefined)[] {
  const order = [...cidrs.entries()].sort(
    ([positionA, a], [positionB, b]) =>
      a.family - b.family ||
      (a.first < b.first ? -1 : Number(a.first > b.first)) ||
      a.prefix - b.prefix ||
      positionA - positionB,
  );
  // Of two CIDRs one lies in the other, or they are apart: what overlaps one lies around it, or inside.
  const first = cidrs.map((_, position) => position);
  const around: { readonly cidr: Cidr; readonly position: number; readonly firstAround: number }[] = [];
  const leave = (): void => {
    const left = around.pop();
    const outer = around.at(-1);
    if (left === undefined || outer === undefined) return;
    first[outer.position] = Math.min(first[outer.position] ?? 0, first[left.position] ?? 0);
  };
  const outerFirst = new Array<number>(cidrs.length).fill(Infinity);
  for (const [position, cidr] of order) {
    for (let top = around.at(-1); top !== undefined && !isIn(cidr, top.cidr); top = around.at(-1)) leave();
    const firstAround = around.at(-1)?.firstAround ?? Infinity;
    outerFirst[position] = firstAround;
    around.push({ cidr, position, firstAround: Math.min(firstAround, position) });
  }
  while (around.length > 0) leave();
  return first.map((inside, position) => {
    const found = Math.min(inside, outerFirst[position] ?? Infinity);
    return found < position ? found : undefined;
  });
}

function isIn(cidr: Cidr, outer: Cidr): boolean {
  return cidr.family === outer.family && cidr.first <= outer.last;
}
