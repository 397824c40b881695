import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { Allotment } from '../allocate/allotment.ts';
import type { Claim } from '../claims/claim.ts';
import { namespaceFinding } from '../claims/namespace-finding.ts';
import type { ClaimIndex } from '../ledger/indexes.ts';
import { parseAddresses } from '../parse/parse-lists.ts';
import { parseNamespace } from '../parse/parse-namespace.ts';
import type { Pool } from '../place/pool.ts';
import type { NamespaceSnapshot } from '../snapshot/snapshot.ts';
import { aNamespace } from '../testing/builders.ts';
import { annotationOf, correctionOf, isAnnotated } from './annotations.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;
const pool = { name: 'pool' } as Pool;

/** A claim of a namespace with these annotations; what it keeps is what it lists. */
function claimOf(annotations: Partial<NamespaceSnapshot>, more: Partial<Claim> = {}): Claim {
  const namespace = parseNamespace(aNamespace('shop', 0, annotations));
  return {
    ...{ namespace, index: 0 as ClaimIndex, binding: undefined, pool, from: undefined, kept: namespace.listed },
    ...{ leaving: [], edited: false, intent: { kind: 'keep' }, isSettled: false },
    ...more,
  };
}

describe('the annotation of an allocation', () => {
  const given = (annotations: Partial<NamespaceSnapshot>, texts: readonly string[]): unknown =>
    annotationOf(Allotment.granted(claimOf(annotations), parseAddresses(texts), 'new'));

  it('is the list and our record of it, with what is given back', () => {
    const had = claimOf({ egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' });
    expect(annotationOf(Allotment.granted(had, parseAddresses(['10.0.0.2', 'fd00::2']), 'input'))).toEqual({
      kind: 'annotate',
      id: 'annotate shop',
      object: { kind: 'Namespace', name: 'shop' },
      effects: { allocated: ['10.0.0.2', 'fd00::2'], released: ['10.0.0.1'] },
      after: [],
      namespace: 'shop',
      egressIPAM: 'pool',
      egressIPs: '10.0.0.2,fd00::2',
      allocated: 'pool/10.0.0.2,fd00::2',
      addresses: ['10.0.0.2', 'fd00::2'],
    });
  });

  it('leaves a list as its owner wrote it that has all of them, in any order', () => {
    const egressIPs = ' 10.0.0.2, 10.0.0.1';
    const step = given({ egressIPs }, ['10.0.0.1', '10.0.0.2']);
    expect(step).toMatchObject({ allocated: 'pool/10.0.0.1,10.0.0.2' });
    expect(step).not.toHaveProperty('egressIPs');
    expect(given({ egressIPs, allocated: 'pool/10.0.0.2,10.0.0.1' }, ['10.0.0.1', '10.0.0.2'])).toBeUndefined();
  });

  it('is written anew where the record is of another EgressIPAM, or of other addresses', () => {
    for (const allocated of ['other/10.0.0.1', 'pool/10.0.0.2', 'pool/10.0.0.1,10.0.0.2'])
      expect(given({ egressIPs: '10.0.0.1', allocated }, ['10.0.0.1'])).toMatchObject({ allocated: 'pool/10.0.0.1' });
  });

  it('law 10: is none for what carried traffic before this project came, as it was left', () => {
    const legacy = Allotment.unchanged(claimOf({ egressIPs: '10.0.0.1' }));
    expect(annotationOf(legacy)).toBeUndefined();
    expect([isAnnotated(legacy, at('10.0.0.1')), isAnnotated(legacy, at('10.0.0.2'))]).toEqual([true, false]);
    const wished = Allotment.granted(claimOf({ egressIPs: '10.0.0.1' }), parseAddresses(['10.0.0.1']), 'input');
    expect(isAnnotated(wished, at('10.0.0.1'))).toBe(false);
  });

  it('is none for who waits, asks for something else, or has nothing', () => {
    const finding = namespaceFinding('shop', { code: 'WaitingForAddress', severity: 'error', message: '' }, []);
    const recorded = { allocated: 'other/10.0.0.1', egressIPs: '10.0.0.1' };
    expect(annotationOf(Allotment.unchanged(claimOf(recorded), finding))).toBeUndefined();
    expect(annotationOf(Allotment.unchanged(claimOf(recorded, { edited: true })))).toBeUndefined();
    expect(annotationOf(Allotment.unchanged(claimOf({})))).toBeUndefined();
    expect(annotationOf(Allotment.unchanged(claimOf(recorded)))).toMatchObject({ allocated: 'pool/10.0.0.1' });
  });
});

describe('the annotation of a release', () => {
  const released = (annotations: Partial<NamespaceSnapshot>, scope: 'all' | 'record'): unknown =>
    annotationOf(
      Allotment.unchanged(
        claimOf(annotations, { intent: { kind: 'release', scope }, leaving: [at('10.0.0.1')], pool: undefined }),
      ),
    );

  it('takes away the record, and the list where all goes', () => {
    const had = { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' };
    const effects = { released: ['10.0.0.1'] };
    expect(released(had, 'all')).toMatchObject({ egressIPs: null, allocated: null, effects, addresses: ['10.0.0.1'] });
    const step = released(had, 'record');
    expect(step).toMatchObject({ allocated: null, effects });
    expect(step).not.toHaveProperty('egressIPs');
    expect(step).not.toHaveProperty('egressIPAM');
  });

  it('is none where there is nothing to take away', () => {
    expect([released({}, 'all'), released({ egressIPs: '10.0.0.1' }, 'record')]).toEqual([undefined, undefined]);
    expect(released({ egressIPs: '10.0.0.1' }, 'all')).toMatchObject({ egressIPs: null });
  });
});

describe("law 11: the correction of a record that has what is another's", () => {
  const corrected = (more: Partial<Claim>, ...others: readonly string[]): unknown =>
    correctionOf(
      Allotment.unchanged(claimOf({ egressIPs: '10.0.0.1,10.0.0.2', allocated: 'pool/10.0.0.1,10.0.0.2' }, more)),
      (address) => parseAddresses(others).includes(address),
    );

  it('takes that out, and leaves the rest', () => {
    const kept = parseAddresses(['10.0.0.2']);
    expect(corrected({ kept }, '10.0.0.1')).toMatchObject({
      allocated: 'pool/10.0.0.2',
      effects: {},
      addresses: ['10.0.0.2'],
      refuted: ['10.0.0.1'],
    });
    expect(corrected({ kept: [] }, '10.0.0.1', '10.0.0.2')).toMatchObject({ allocated: null, addresses: [] });
  });

  it("is none where nothing is another's, and where all goes anyway", () => {
    expect(corrected({}, '10.0.0.9')).toBeUndefined();
    expect(corrected({ intent: { kind: 'release', scope: 'all' } }, '10.0.0.1')).toBeUndefined();
  });
});
