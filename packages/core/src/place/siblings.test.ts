import { expect, it } from 'vitest';
import { AddressLayout } from '../ledger/address-layout.ts';
import { AddressLedger } from '../ledger/address-ledger.ts';
import type { NodeIndex, Slot } from '../ledger/indexes.ts';
import { Siblings } from './siblings.ts';

const addresses = [1, 2, 3];
const [north, south] = [0, 1] as NodeIndex[] as [NodeIndex, NodeIndex];

function united(): { readonly siblings: Siblings; readonly ledger: AddressLedger; readonly slots: readonly Slot[] } {
  const ledger = new AddressLedger(new AddressLayout([]));
  const siblings = new Siblings(ledger);
  siblings.unite(addresses);
  return { siblings, ledger, slots: addresses.map((address) => ledger.slotOf(address)) };
}

it('tells which other one is on a node, whatever was placed and taken off', () => {
  const { siblings, ledger, slots } = united();
  const [first, second, third] = slots as [Slot, Slot, Slot];
  for (const slot of [first, second]) {
    ledger.placement.set(slot, north);
    siblings.put(slot, north);
  }
  expect(siblings.otherOn(north, third)).toBe(first);
  expect(siblings.otherOn(north, first)).toBe(second);
  expect(siblings.otherOn(south, first)).toBeUndefined();
  ledger.placement.clear(first);
  siblings.takeOff(first, north);
  expect(siblings.otherOn(north, first)).toBe(second);
  ledger.placement.clear(second);
  siblings.takeOff(second, north);
  expect(siblings.otherOn(north, first)).toBeUndefined();
});

it('knows what is placed already when it learns who they are', () => {
  const { ledger, slots } = united();
  const [first, second] = slots as [Slot, Slot];
  ledger.placement.set(first, south);
  const siblings = new Siblings(ledger);
  siblings.unite(addresses);
  expect(siblings.otherOn(south, second)).toBe(first);
});

it('has no place among full nodes until they are others, or some are taken back', () => {
  const { siblings } = united();
  siblings.noteFull('nodes');
  siblings.unite(addresses);
  expect(siblings.isFull('nodes')).toBe(true);
  siblings.unite([...addresses]);
  expect(siblings.isFull('nodes')).toBe(false);
  siblings.noteFull('nodes');
  siblings.forgetFull();
  expect(siblings.isFull('nodes')).toBe(false);
});
