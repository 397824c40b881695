import { expect, it } from 'vitest';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import { isAnyAnnounced, parseEgressIPConfig } from './egress-ip-config.ts';

it('law 8: what one node cannot be understood to say does not make a cloud of the cluster', () => {
  const node = (value: string): { readonly annotations: Readonly<Record<string, string>> } => ({
    annotations: { [egressIPConfigAnnotation]: value },
  });
  const announced = node('[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/26"},"capacity":{"ipv4":10}}]');
  expect(isAnyAnnounced([{}, node('{"'), node('')])).toBe(false);
  expect(isAnyAnnounced([node('{"'), announced])).toBe(true);
});

it('tells the subnets and the room of the first interface', () => {
  const of = (value: unknown): unknown => {
    const read = parseEgressIPConfig(JSON.stringify(value));
    return read === undefined ? undefined : [read.subnets.map(({ text }) => text), ...Object.values(read.capacity)];
  };
  const ifaddr = { ipv4: '10.0.0.4/26', ipv6: 'fd00::4/64' };
  expect(of([{ ifaddr, capacity: { ipv4: 14, ipv6: 15 } }, { ifaddr: { ipv4: '10.9.0.0/16' } }])).toEqual([
    ...[['10.0.0.0/26', 'fd00::/64'], 14, 15, Infinity],
  ]);
  expect(of([{ ifaddr, capacity: { ip: -2 } }])).toEqual([['10.0.0.0/26', 'fd00::/64'], Infinity, Infinity, 0]);
  expect(of([{ ifaddr: { ipv4: '10.0.0.4/32', ipv6: '' } }])).toEqual([[], Infinity, Infinity, Infinity]);
});

it.each(['', 'nonsense', '{}', '[]', '[null]', '[{}]', '[{"ifaddr":{"ipv4":"10.0.0.0"}}]'])(
  'is not understood to say anything: %s',
  (text) => {
    expect(parseEgressIPConfig(text)).toBeUndefined();
  },
);
