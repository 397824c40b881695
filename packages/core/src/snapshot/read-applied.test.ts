import { describe, expect, it } from 'vitest';
import { ObjectReader } from './object-reader.ts';
import { readApplied, readMaker } from './read-applied.ts';

const at = (second: number): string => `2026-01-05T00:00:0${second}Z`;
const ours = { manager: 'egressip-ipam-operator', operation: 'Apply', time: at(0) };
const other = { manager: 'kubectl-create', operation: 'Update', time: at(0), fieldsV1: { 'f:spec': {} } };
const readerOf = (creationTimestamp: string, managedFields?: readonly object[]): ObjectReader =>
  new ObjectReader({ metadata: { name: 'thing', creationTimestamp, managedFields } }, 'Thing');

describe('law 5: who made an object', () => {
  it('is not told without managed fields', () => {
    expect(readApplied(readerOf(at(0)))).toEqual({});
    expect(readMaker(readerOf(at(0)))).toEqual({});
  });

  it('is us where we have applied it since it is there, alone where nobody else wrote of its spec', () => {
    expect(readApplied(readerOf(at(0), [ours]))).toMatchObject({ applied: true, appliedAlone: true, changedAt: at(0) });
    expect(readApplied(readerOf(at(0), [ours, other]))).not.toHaveProperty('appliedAlone');
    expect(readMaker(readerOf(at(0), [ours, other]))).toEqual({ applied: true });
  });

  it('is somebody else where we did not, or what we applied is older than the object', () => {
    expect(readMaker(readerOf(at(0), [other]))).toEqual({ applied: false });
    expect(readMaker(readerOf('2026-01-05T00:02:00Z', [ours]))).toEqual({ applied: false });
  });

  it('is us where somebody else made it and we adopted just that one, and no copy of it', () => {
    const made = (uid: string): ObjectReader => {
      const annotations = { 'egressip-ipam-operator.redhat-cop.io/adopted': 'one' };
      return new ObjectReader({ metadata: { name: 'thing', uid, annotations, managedFields: [other] } }, 'Thing');
    };
    expect(readMaker(made('one'))).toEqual({ applied: true });
    expect(readMaker(made('two'))).toEqual({ applied: false, uid: 'two' });
  });

  it('is us, by the name that we give, where an API server took a moment to make it', () => {
    expect(readApplied(readerOf(at(1), [ours]))).toEqual({ appliedAt: at(0), changedAt: at(0) });
    expect(readMaker(readerOf(at(1), [ours]))).toEqual({ applied: true });
  });
});
