import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { AddressLayout } from './address-layout.ts';
import { AddressLedger } from './address-ledger.ts';
import { HeldAddresses } from './held-addresses.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const ledgerOf = (...cidrs: readonly string[]): AddressLedger =>
  new AddressLedger(new AddressLayout(parseCidrs(cidrs)));

describe('addresses that are held', () => {
  const [ours, other, wide] = [at('10.0.0.1'), at('10.0.2.1'), at('fd00::1:0:1')];

  it('are taken until they are let go, one by one or all, in each space', () => {
    const ledger = ledgerOf('10.0.0.0/24', '10.0.2.0/24', 'fd00::/64');
    const held = new HeldAddresses(ledger);
    for (const address of [ours, other, wide]) held.hold(address);
    expect([ours, other, wide].map((address) => ledger.isTaken(address))).toEqual([true, true, true]);
    held.letGo(other);
    expect([ours, other, wide].map((address) => ledger.isTaken(address))).toEqual([true, false, true]);
    held.letGoOfAll();
    expect([ours, other, wide].map((address) => ledger.isTaken(address))).toEqual([false, false, false]);
    expect(held.isEmpty).toBe(true);
  });

  it('are none that somebody has, nor what was let go and is taken by now', () => {
    const ledger = ledgerOf('10.0.0.0/24', '10.0.2.0/24');
    const held = new HeldAddresses(ledger);
    ledger.take(ours);
    for (const address of [ours, other]) held.hold(address);
    held.letGo(other);
    ledger.take(other);
    held.letGoOfAll();
    expect([ours, other].map((address) => ledger.isTaken(address))).toEqual([true, true]);
  });

  it('are none that no pool could give out', () => {
    const held = new HeldAddresses(ledgerOf('10.0.0.0/24'));
    held.hold(other);
    expect(held.isEmpty).toBe(true);
  });
});
