import { expect, it } from 'vitest';
import { pageOf, pageSize, SlotPages } from './slot-pages.ts';

it('finds the slots of a page, and of no other', () => {
  const pages = new SlotPages();
  for (const address of [0, 0x0a000005, 0xc0a80001, 0xffffffff]) {
    expect(pages.at(address)).toBeUndefined();
    const { first, last } = pageOf(address);
    pages.add(address, 7 * pageSize);
    expect([pages.at(first), pages.at(address), pages.at(last)]).toEqual([
      7 * pageSize,
      7 * pageSize + address - first,
      8 * pageSize - 1,
    ]);
    if (last < 0xffffffff) expect(pages.at(last + 1)).toBeUndefined();
  }
});
