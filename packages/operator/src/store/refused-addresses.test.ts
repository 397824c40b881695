import { expect, it } from 'vitest';
import { RefusedAddresses } from './refused-addresses.ts';

const at = (milliseconds: number): string => new Date(milliseconds).toISOString();
const entry = (address: string): { readonly address: string; readonly reason: string } => ({
  address,
  reason: 'InUse',
});

it('forgets what was not refused again for a while, and keeps the time of the first refusal', () => {
  let now = 0;
  const refused = new RefusedAddresses(10, () => now);
  refused.note([entry('10.0.0.2'), entry('10.0.0.1')]);
  now = 8;
  refused.note([entry('10.0.0.2')]);
  expect(refused.list().map(({ address, since }) => [address, since])).toEqual([
    ['10.0.0.1', at(0)],
    ['10.0.0.2', at(0)],
  ]);
  expect(refused.next).toBe(11);
  now = 11;
  expect(refused.list().map(({ address }) => address)).toEqual(['10.0.0.2']);
  now = 19;
  expect(refused.list()).toEqual([]);
  expect(refused.next).toBeUndefined();
});

it('remembers what was written down before a restart for its whole time', () => {
  let now = 1_000_000;
  const refused = new RefusedAddresses(10, () => now);
  const before = { ...entry('10.0.0.1'), since: at(3) };
  refused.recall([before, { ...before, address: '10.0.0.999' }, { ...entry('10.0.0.2'), since: 'soon' }]);
  now += 10;
  expect(refused.list()).toEqual([before]);
  now += 1;
  expect(refused.list()).toEqual([]);
});

it('remembers no more than it can write down', () => {
  const refused = new RefusedAddresses(10, () => 0);
  refused.note(Array.from({ length: 2_000 }, (_, index) => entry(`10.0.${index >> 8}.${index & 255}`)));
  expect(refused.list()).toHaveLength(1_000);
});

it('keeps those that are refused again also where it has room for no more', () => {
  let now = 0;
  const refused = new RefusedAddresses(600_000, () => now);
  const all = Array.from({ length: 1_001 }, (_, index) => ({
    address: `10.0.${index >> 8}.${index & 255}`,
    reason: 'in use',
  }));
  refused.note(all);
  now = 500_000;
  refused.note(all.slice(0, 1));
  now = 700_000;
  expect(refused.list().map(({ address }) => address)).toEqual(['10.0.0.0']);
});
