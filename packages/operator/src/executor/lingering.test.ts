import type { InterfaceStep } from '@egressip-ipam/core';
import { expect, it } from 'vitest';
import { Lingering } from './lingering.ts';

const step = (kind: 'attach' | 'detach', address: string): InterfaceStep => ({
  kind,
  id: `${kind} ${address} a`,
  object: { kind: 'Interface', name: 'a' },
  effects: {},
  after: [],
  node: 'a',
  address,
});

it('an address leaves its interface a while after nothing else stood in the way, counted anew when it was wanted again', () => {
  const lingering = new Lingering(2_000);
  const [first, second] = [step('detach', '10.0.0.1'), step('detach', '10.0.0.2')];
  lingering.note([first], 100);
  lingering.note([first, second], 900);
  expect([lingering.until(first), lingering.until(second)]).toEqual([2_100, 2_900]);
  lingering.note([step('attach', '10.0.0.1'), second], 1_000);
  expect(lingering.until(step('attach', '10.0.0.1'))).toBe(0);
  lingering.note([first, second], 1_500);
  expect([lingering.until(first), lingering.until(second)]).toEqual([3_500, 2_900]);
});
