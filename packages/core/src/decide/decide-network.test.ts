import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import { decideNetwork } from './decide-network.ts';
import type { Certainty, ClusterEvidence } from '../network-contract/recognition.ts';

const evidence: ClusterEvidence = { served: new Map(), nodes: [] };

/** Only what a decision asks for. */
function backend(name: string, certainty: Certainty): NetworkBackend {
  return {
    name,
    title: name.toUpperCase(),
    recognise: () => ({ certainty, settings: { of: name } }),
  } as unknown as NetworkBackend;
}

function decide(...certainties: readonly (readonly [string, Certainty])[]): string {
  const decision = decideNetwork(
    evidence,
    certainties.map(([name, certainty]) => backend(name, certainty)),
  );
  return decision.decided
    ? `${decision.backend.name}: ${String(decision.recognition.settings?.['of'])}`
    : decision.reason;
}

describe('the network', () => {
  const order: readonly Certainty[] = ['absent', 'served', 'used', 'at-work', 'announced'];

  it.each(order.slice(1).map((certainty, index) => [certainty, order[index] as Certainty] as const))(
    'that is %s goes before one that is %s',
    (surer, other) => {
      expect(decide(['a', surer], ['b', other])).toBe('a: a');
      expect(decide(['b', other], ['a', surer])).toBe('a: a');
    },
  );

  it('cannot be told without a sign of any, and all that were looked for are named', () => {
    expect(decide(['a', 'absent'], ['b', 'absent'], ['c', 'absent'])).toBe('there is no sign of A, B or C yet');
    expect(decide()).toBe('there is no sign of any network yet');
  });

  it.each(order.slice(1))('cannot be told of two that are %s, and both are named', (certainty) => {
    expect(decide(['a', certainty], ['b', certainty], ['c', 'absent'])).toMatch(/^it may be A or B: /);
  });
});
