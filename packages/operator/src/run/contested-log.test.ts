import type { Allocation, Finding } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { createLog } from '../log/log.ts';
import { ContestedLog } from './contested-log.ts';

const conflict: Finding = {
  code: 'AddressConflict',
  severity: 'error',
  object: { kind: 'Namespace', name: 'shop' },
  addresses: ['10.0.0.1'],
  message: 'Egress theirs uses it too',
};
const shop: Allocation = {
  namespace: 'shop',
  egressIPAM: 'pool',
  source: 'kept',
  addresses: ['10.0.0.1'],
  nodes: ['a'],
  carried: true,
};

describe('an address that something else uses, too', () => {
  const told = (
    plans: readonly { readonly findings: readonly Finding[]; readonly allocations: readonly Allocation[] }[],
  ) => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), { level: 'info', format: 'json', now: () => 0 });
    const contested = new ContestedLog(log);
    for (const plan of plans) contested.note(plan);
    return lines.map((line) => JSON.parse(line) as unknown);
  };
  const of = (findings: readonly Finding[], allocations = [shop]) => ({ findings, allocations });

  it('is one line when that begins, and one when it is over', () => {
    expect(told([of([]), of([conflict, conflict]), of([conflict]), of([]), of([])])).toMatchObject([
      {
        level: 'warn',
        message: 'something else uses an address of a namespace, too',
        namespace: 'shop',
        address: '10.0.0.1',
        reason: 'Egress theirs uses it too',
      },
      { level: 'info', message: 'nothing else uses an address of a namespace any more', address: '10.0.0.1' },
    ]);
  });

  it('is not said to be the namespace’s alone once that has let it go; what is said of nodes is theirs', () => {
    expect(told([of([conflict]), of([], [])])).toHaveLength(1);
    expect(told([of([{ ...conflict, object: { kind: 'Node', name: 'a' } }])])).toEqual([]);
  });
});
