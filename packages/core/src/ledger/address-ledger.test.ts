import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { AddressLayout } from './address-layout.ts';
import { AddressLedger, type AddressMark } from './address-ledger.ts';
import type { ClaimIndex, NodeIndex } from './indexes.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const ledgerOf = (...cidrs: readonly string[]): AddressLedger =>
  new AddressLedger(new AddressLayout(parseCidrs(cidrs)));

describe('the slot of an address', () => {
  const inPool = Array.from({ length: 256 }, (_, index) => `10.0.0.${index}`);
  const others = Array.from({ length: 5_000 }, (_, index) => `fd00::${index.toString(16)}`);
  const inOther = ['10.9.0.0', '10.9.0.200'];
  const addresses = [...inPool, '10.0.1.1', '172.16.0.1', ...others, ...inOther].map(at);

  it('is its own and stays the same, inside of pools and outside', () => {
    const ledger = ledgerOf('10.0.0.0/24', '10.9.0.0/24');
    const slots = addresses.map((address) => ledger.slotOf(address));
    expect(new Set(slots).size).toBe(addresses.length);
    expect(addresses.toReversed().map((address) => ledger.slotOf(address))).toEqual(slots.toReversed());
  });

  it('keeps what was noted of it, however many come after it', () => {
    const ledger = ledgerOf('10.0.0.0/24');
    const [first, ...rest] = addresses.map((address) => ledger.slotOf(address));
    if (first === undefined) throw new Error('no slot');
    ledger.mark(first, 'recorded');
    ledger.host.set(first, 3 as NodeIndex);
    for (let page = 0; page < 40; page += 1) ledger.slotOf(at(`10.0.0.${page}`));
    for (let index = 0; index < 20_000; index += 1) ledger.slotOf(at(`fd01::${index.toString(16)}`));
    expect([ledger.isMarked(first, 'recorded'), ledger.host.at(first)]).toEqual([true, 3]);
    expect(rest.some((slot) => ledger.isMarked(slot, 'recorded') || ledger.host.has(slot))).toBe(false);
  });
});

describe('what is noted of an address', () => {
  const marks: readonly AddressMark[] = [
    'recorded',
    'releasing',
    'hosted-twice',
    'half-attached',
    'bound-by-others',
    'used-by-others',
  ];

  it('is that, and nothing else', () => {
    for (const mark of marks) {
      const ledger = ledgerOf('10.0.0.0/24');
      const [one, other] = [ledger.slotOf(at('10.0.0.1')), ledger.slotOf(at('10.0.0.2'))];
      ledger.mark(one, mark);
      expect(marks.filter((entry) => ledger.isMarked(one, entry))).toEqual([mark]);
      expect(marks.filter((entry) => ledger.isMarked(other, entry))).toEqual([]);
      expect(marks.filter((entry) => ledger.isAnyMarked(entry))).toEqual([mark]);
    }
  });

  it('law 5: it is leaving where it is ours and no claim has it, and else it is not', () => {
    const ledger = ledgerOf('10.0.0.0/24');
    const slotOf = (text: string): ReturnType<AddressLedger['slotOf']> => ledger.slotOf(at(text));
    ledger.mark(slotOf('10.0.0.1'), 'recorded');
    ledger.mark(slotOf('10.0.0.2'), 'releasing');
    ledger.mark(slotOf('10.0.0.3'), 'recorded');
    ledger.owner.set(slotOf('10.0.0.3'), 0 as ClaimIndex);
    ledger.mark(slotOf('10.0.0.4'), 'bound-by-others');
    const last = [1, 2, 3, 4, 5];
    expect(last.map((number) => ledger.isLeaving(slotOf(`10.0.0.${number}`)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('what is not to be handed out', () => {
  const free = (ledger: AddressLedger, first: string, last: string): string | undefined => {
    const found = ledger.nextFree(at(first), at(last));
    return found === undefined ? undefined : formatAddress(found);
  };

  it.each(['10.0.0.5', '10.9.0.5', 'fd00::5', 'fd09::5'])(
    'law 1: is taken once, until it is given back: %s',
    (text) => {
      const ledger = ledgerOf('10.0.0.0/24', 'fd00::/64');
      const address = at(text);
      expect([ledger.isTaken(address), ledger.take(address), ledger.take(address)]).toEqual([false, true, false]);
      expect(ledger.isTaken(address)).toBe(true);
      ledger.release(address);
      expect([ledger.isTaken(address), ledger.take(address)]).toEqual([false, true]);
    },
  );

  it('is what a range has of each pool, and nothing beside them', () => {
    const ledger = ledgerOf('10.0.0.0/24', '10.0.2.0/24', 'fd00::/64');
    ledger.takeRange(at('10.0.0.250'), at('10.0.2.3'));
    const inPools = [
      ledger.countTaken(at('10.0.0.0'), at('10.0.0.255')),
      ledger.countTaken(at('10.0.2.0'), at('10.0.2.9')),
    ];
    expect(inPools).toEqual([6n, 4n]);
    expect(['10.0.0.249', '10.0.1.1', '10.0.2.4'].map((text) => ledger.isTaken(at(text)))).toEqual([
      false,
      false,
      false,
    ]);
    ledger.takeRange(at('fd00::'), at('fd00::ffff'));
    expect(free(ledger, 'fd00::', 'fd00::ffff:ffff')).toBe('fd00::1:0');
  });

  it('leaves the lowest other one of a range to be given; outside of pools there is none', () => {
    const ledger = ledgerOf('10.0.0.0/24', '10.0.0.128/25');
    for (const last of [0, 1, 3]) ledger.take(at(`10.0.0.${last}`));
    expect(free(ledger, '10.0.0.0', '10.0.0.9')).toBe('10.0.0.2');
    expect(free(ledger, '10.0.0.0', '10.0.0.1')).toBeUndefined();
    expect(free(ledger, '10.1.0.0', '10.1.0.9')).toBeUndefined();
    expect(ledger.countTaken(at('10.1.0.0'), at('10.1.0.9'))).toBe(0n);
  });
});
