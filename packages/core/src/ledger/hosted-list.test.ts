import { expect, it } from 'vitest';
import type { HostedAddress, HostFacts } from '../network-contract/facts.ts';
import { AddressLayout } from './address-layout.ts';
import { AddressLedger } from './address-ledger.ts';
import { HostedList } from './hosted-list.ts';
import type { HostedIndex } from './indexes.ts';
import { NodeNames } from './node-names.ts';

const host = (name: string, ...hosted: readonly HostedAddress[]): HostFacts => ({
  object: { kind: 'Host', name },
  hosted,
});
const entry = (address: number, node: string, more: Partial<HostedAddress> = {}): HostedAddress => ({
  ...{ address, node, ours: true, namespace: 'shop', state: 'shown' },
  ...more,
});

it('numbers what is hosted through, in the order of objects', () => {
  const hosts = [
    host('none'),
    host('one', entry(1, 'a'), entry(2, 'b', { ours: false })),
    host('none again'),
    host('other', entry(1, 'gone'), entry(3, 'never', { state: 'recorded' })),
  ];
  const ledger = new AddressLedger(new AddressLayout([]));
  const names = new NodeNames([{ name: 'a' }, { name: 'b' }]);
  const list = new HostedList(hosts, names, ledger);
  const numbers = Array.from({ length: list.size }, (_, index) => index);
  expect(numbers.map((index) => list.at(index as HostedIndex).entry)).toEqual(
    hosts.flatMap(({ hosted }) => [...hosted]),
  );
  expect(numbers.map((index) => list.at(index as HostedIndex).host.object.name)).toEqual([
    'one',
    'one',
    'other',
    'other',
  ]);
  expect(numbers.map((index) => list.nodeAt(index))).toEqual([0, 1, 2, undefined]);
  expect(numbers.map((index) => list.isOursAt(index))).toEqual([true, false, true, true]);
  expect(list.slotAt(0)).toBe(list.slotAt(2));
  expect(names.departed).toEqual(['gone']);
  expect(list.filter((index) => list.isOursAt(index)).map(({ entry: found }) => found.address)).toEqual([1, 1, 3]);
});
