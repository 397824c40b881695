import { expect, it } from 'vitest';
import { plain } from '../plain/plain-network.ts';
import type { LabelSelector } from '../snapshot/snapshot.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { plan } from './planner.ts';

it('law 2: who keeps what an EgressIPAM gave that does not select it any more is told so', () => {
  const had = { egressIPs: '10.0.0.5', allocated: 'pool/10.0.0.5' };
  const said = (namespaceSelector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): unknown => {
    const selecting = namespaceSelector === undefined ? {} : { namespaceSelector };
    const result = plan(
      aSnapshot({
        nodes: [aNode('n1', 'a')],
        egressIPAMs: [anEgressIPAM(['10.0.0.0/28=a'], selecting)],
        namespaces: [aNamespace('has', 0, { ...had, labels }), aNamespace('new', 1, { labels })],
      }),
      plain,
    );
    const findings = result.findings.map(({ code, severity, object: { name } }) => [code, severity, name]);
    return { has: result.allocations[0]?.addresses, findings };
  };
  const red = { matchLabels: { team: 'red' } };
  const has = ['10.0.0.5'];
  for (const selector of [undefined, {}, red]) expect(said(selector, { team: 'red' })).toEqual({ has, findings: [] });
  expect(said(red, {})).toEqual({
    has,
    findings: [
      ['NamespaceNotAllowed', 'error', 'new'],
      ['NamespaceNotAllowed', 'warning', 'has'],
    ],
  });
});
