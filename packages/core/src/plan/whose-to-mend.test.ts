import { expect, it } from 'vitest';
import { menderOf } from './whose-to-mend.ts';

it('law 12: an owner mends what the annotation asks for, and whoever looks after the cluster all else', () => {
  const owners = ['InvalidAddress', 'DuplicateAddress', 'AddressOutsideCIDR', 'EgressIPAMNotFound'] as const;
  expect(owners.map(menderOf)).toEqual(owners.map(() => 'owner'));
  const cluster = ['WaitingForAddress', 'WaitingForCapacity', 'WaitingForNodes', 'WaitingForTurn'] as const;
  expect(cluster.map(menderOf)).toEqual(cluster.map(() => 'cluster'));
});
