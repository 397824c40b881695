import { expect, it } from 'vitest';
import { ObjectLanes } from './object-lanes.ts';

it('has one writer for each object, and tells when one that was wanted is free', () => {
  let told = 0;
  const lanes = new ObjectLanes(() => (told += 1));
  const release = lanes.take('EgressIPAM/a');
  expect(lanes.isTaken('EgressIPAM/b')).toBe(false);
  expect(lanes.take('EgressIPAM/a')).toBeUndefined();
  release?.();
  expect(told).toBe(1);
  lanes.take('EgressIPAM/a')?.();
  expect(told).toBe(1);
});
