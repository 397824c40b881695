import { describe, expect, it } from 'vitest';
import { ObjectReader } from './object-reader.ts';
import { readOwnership } from './read-ownership.ts';

const label = 'egressip-ipam-operator.redhat-cop.io/egressipam';
const owner = (metadata: object): string | undefined =>
  readOwnership(new ObjectReader({ metadata: { name: 'thing', ...metadata } }, 'Thing'));

describe('whose an object is', () => {
  it('is what its label says, or of nobody that is known where it lost that and we applied it', () => {
    const managedFields = [{ manager: 'kubectl-edit', operation: 'Update' }];
    const ours = { manager: 'egressip-ipam-operator', operation: 'Apply' };
    expect(owner({ labels: { [label]: 'pool' }, managedFields })).toBe('pool');
    expect(owner({ managedFields: [...managedFields, ours] })).toBe('');
    expect(owner({ managedFields })).toBeUndefined();
    expect(owner({ managedFields: [{ ...ours, operation: 'Update' }, 'nonsense'] })).toBeUndefined();
    expect(owner({})).toBeUndefined();
  });
});
