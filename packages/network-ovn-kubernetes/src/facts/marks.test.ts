import { aNamespace } from '@egressip-ipam/core/testing';
import { describe, expect, it } from 'vitest';
import { aForeignEgressIP, anEgressIP, findingsOf, onOvn } from '../testing/builders.ts';

describe('two EgressIPs with one mark', () => {
  it('are told on both, with the way out', () => {
    const namespaces = [aNamespace('shop', 0, { egressIPs: '10.0.0.1' })];
    const egressIPs = [
      anEgressIP('shop', ['10.0.0.1'], { mark: '50000' }),
      aForeignEgressIP('other', ['10.0.0.9'], { name: 'by-hand', mark: '50000' }),
      aForeignEgressIP('third', ['10.0.0.8'], { name: 'third', mark: '50001' }),
    ];
    expect(findingsOf(onOvn({ namespaces }, egressIPs), 'DuplicateMark')).toMatchObject([
      { object: { name: 'by-hand' }, message: expect.stringContaining('EgressIP egressip-shop') as string },
      { object: { name: 'egressip-shop' }, message: expect.stringContaining('this operator makes it anew') as string },
    ]);
  });
});
