import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Precondition } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

describe('law 9: before the last trace of an address that is exchanged for another goes', () => {
  it.each([
    ['its namespace has the other one on record', {}, ['annotate shop']],
    ['nothing has to be on record, as it is already', { egressIPs: '10.9.0.1', allocated: 'other/10.9.0.1' }, []],
  ])('%s', (_what, record, expected) => {
    let asked: readonly Precondition[] = [];
    const backend: NetworkBackend = {
      ...plain,
      render: ({ order }) => {
        const address = parseAddress('10.0.0.1');
        asked = address === undefined ? [] : order.beforeForgetting(address);
        return { steps: [], findings: [] };
      },
    };
    const switched = aNamespace('shop', 0, {
      egressIPAM: 'other',
      egressIPs: '10.0.0.1',
      allocated: 'pool/10.0.0.1',
      ...record,
    });
    const egressIPAMs = [anEgressIPAM(['10.0.0.0/24=a']), anEgressIPAM(['10.9.0.0/24=z'], { name: 'other' })];
    plan(aSnapshot({ egressIPAMs, nodes: [aNode('n1'), aNode('n2', 'z')], namespaces: [switched] }, backend), backend);
    const ids = asked.flatMap((precondition) => (precondition.kind === 'step' ? [precondition.id] : []));
    expect(ids.filter((id) => id.startsWith('annotate'))).toEqual(expected);
  });
});
