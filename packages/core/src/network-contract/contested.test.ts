import { describe, expect, it } from 'vitest';
import { parseAddress, type Address } from '../address/address.ts';
import { contestedClaims } from './contested.ts';
import type { ClaimDecision } from './decisions.ts';

const address: Address = parseAddress('10.0.0.1')!;
const claim = (namespace: string, more: Partial<ClaimDecision> = {}): ClaimDecision => ({
  namespace,
  egressIPAM: undefined,
  addresses: [address],
  binding: undefined,
  leaving: [],
  releases: false,
  isInPlace: true,
  ...more,
});

describe('claims that others contest', () => {
  it('are those that are served: who waits is told why elsewhere, and who leaves needs nothing', () => {
    const claims = [
      claim('served'),
      claim('free'),
      claim('waits', { addresses: [] }),
      claim('leaves', { releases: true }),
    ];
    const { findings, uncarried } = contestedClaims(claims, {
      obstacleOf: (namespace) =>
        namespace === 'free' ? undefined : { code: 'ForeignEgress', message: `somebody wants ${namespace}` },
    });
    expect(findings).toEqual([
      {
        code: 'ForeignEgress',
        severity: 'warning',
        object: { kind: 'Namespace', name: 'served' },
        addresses: ['10.0.0.1'],
        message: 'somebody wants served',
      },
    ]);
    expect([...uncarried]).toEqual([['served', [address]]]);
  });
});
