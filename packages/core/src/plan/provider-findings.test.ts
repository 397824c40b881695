import { describe, expect, it } from 'vitest';
import type { CidrObservation, NodeObservation } from '../provider-contract/observation.ts';
import type { ProviderErrorClass } from '../provider-contract/provider-error.ts';
import type { ProviderFailure } from '../snapshot/snapshot.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { plan } from './planner.ts';

/** What is said of what a provider could not do, by code: of whom and in which words. */
function saidOf(
  code: 'ProviderError' | 'AttachmentFailed',
  told: {
    readonly nodes?: readonly NodeObservation[];
    readonly cidrs?: readonly CidrObservation[];
    readonly failures?: readonly ProviderFailure[];
  },
): unknown {
  const observation = { nodes: told.nodes ?? [], cidrs: told.cidrs ?? [] };
  const provider = { name: 'cloud', attach: true, cloud: true, observationRequired: false, observation };
  const { findings } = plan(
    aSnapshot({
      nodes: [aNode('n1'), aNode('n2', 'z')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
      namespaces: [aNamespace('shop', 0, { egressIPs: '10.0.0.1', allocated: 'pool/10.0.0.1' })],
      provider: { ...provider, failures: told.failures ?? [] },
    }),
  );
  return findings.flatMap((finding) =>
    finding.code === code ? [[finding.severity, `${finding.object.kind} ${finding.object.name}`, finding.message]] : [],
  );
}

const error = { class: 'transient', message: 'no answer' } as const;

describe('what a provider could not read', () => {
  it('is said of nodes that some EgressIPAM has, and of no others', () => {
    const nodes = ['n1', 'n2', 'gone'].map((node) => ({ node, error }));
    expect(saidOf('ProviderError', { nodes })).toEqual([['warning', 'Node n1', 'no answer']]);
  });

  it('is said of each CIDR', () => {
    const cidrs = [
      { cidr: '10.0.0.0/24', error },
      { cidr: '10.1.0.0/24', inUse: [], reserved: [] },
    ];
    expect(saidOf('ProviderError', { cidrs })).toEqual([['error', 'Provider cloud', '10.0.0.0/24: no answer']]);
  });
});

describe('what a provider refused', () => {
  const failed = (address: string, errorClass: ProviderErrorClass): unknown =>
    saidOf('AttachmentFailed', {
      failures: [{ change: 'attach', address, node: 'n1', error: { class: errorClass, message: 'not allowed' } }],
    });

  it('is told to the namespace that waits for it, and whether it is tried again', () => {
    expect(failed('10.0.0.1', 'transient')).toEqual([
      ['error', 'Namespace shop', 'attach of 10.0.0.1 (node n1) failed and is tried again: not allowed'],
    ]);
    expect(failed('10.0.0.1', 'permanent')).toEqual([
      [
        'error',
        'Namespace shop',
        'attach of 10.0.0.1 (node n1) failed and is not tried again before something about it changes: not allowed',
      ],
    ]);
  });

  it('is said of the node where nobody has the address, or it is none', () => {
    for (const text of ['10.0.0.9', 'nonsense'])
      expect(failed(text, 'unknown')).toEqual([
        ['warning', 'Node n1', `attach of ${text} (node n1) failed and is tried again: not allowed`],
      ]);
  });
});
