import { expect, it } from 'vitest';
import { egressIPConfigAnnotation } from '../snapshot/names.ts';
import { isAnyAnnounced } from './egress-ip-config.ts';

it('law 8: what one node cannot be understood to say does not make a cloud of the cluster', () => {
  const node = (value: string): { readonly annotations: Readonly<Record<string, string>> } => ({
    annotations: { [egressIPConfigAnnotation]: value },
  });
  const announced = node('[{"interface":"eni","ifaddr":{"ipv4":"10.0.0.0/26"},"capacity":{"ipv4":10}}]');
  expect(isAnyAnnounced([{}, node('{"'), node('')])).toBe(false);
  expect(isAnyAnnounced([node('{"'), announced])).toBe(true);
});
