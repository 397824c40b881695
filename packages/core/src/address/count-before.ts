/**
 * How many entries of an ordered list come before a place: by halves, so that a long list is looked at in few spots.
 *
 * @param length how many entries there are
 * @param isBefore whether the entry of an index comes before the place: true up to it, and for none behind it
 */
export function countBefore(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
