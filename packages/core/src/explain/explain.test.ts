import { describe, expect, it } from 'vitest';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Plan } from '../plan/plan-types.ts';
import { plan } from '../plan/planner.ts';
import { plain } from '../plain/plain-network.ts';
import { settle } from '../simulate/settle.ts';
import { aNamespace, anEgressIPAM, aNode, aSnapshot } from '../testing/builders.ts';
import { explain, type Explanation, type Subject } from './explain.ts';

const settled = settle(
  aSnapshot({
    nodes: [aNode('n1'), aNode('n2', 'z'), aNode('n3')],
    egressIPAMs: [anEgressIPAM(['10.0.0.0/30=a'])],
    namespaces: [aNamespace('shop')],
  }),
);
/** `shop` has 10.0.0.1, `bank` is given 10.0.0.2, `late` and `later` wait; 10.0.0.9 is in use in the cloud. */
const snapshot = {
  ...settled,
  namespaces: [
    aNamespace('bank', 1),
    aNamespace('late', 2),
    aNamespace('later', 3),
    { name: 'quiet', createdAt: '2026-01-01T00:00:00Z' },
    ...settled.namespaces,
  ],
  infrastructure: { virtualIPs: ['10.0.0.8'] },
  provider: {
    ...settled.provider,
    observation: {
      nodes: [],
      cidrs: [{ cidr: '10.0.0.0/24', inUse: [{ address: '10.0.0.9', usedBy: 'a machine' }], reserved: [] }],
    },
  },
};
const made = plan(snapshot);
const of = (kind: Subject['kind'], name: string, from: Plan = made, backend = plain): Explanation =>
  explain(snapshot, from, { kind, name }, backend);

describe('a namespace is explained', () => {
  it('by what it claims and has, how it came to that, and who carries it', () => {
    expect(of('namespace', 'shop')).toMatchObject({
      found: true,
      statements: [
        'It claims from EgressIPAM pool.',
        expect.stringMatching(/^It has 10\.0\.0\.1: .* never changes unless its owner asks\.$/),
        'Node n1 carries 10.0.0.1.',
      ],
      ...{ findings: [], steps: [] },
    });
    const { statements, steps } = of('namespace', 'bank');
    expect(statements[1]).toMatch(/^It has 10\.0\.0\.2: .*lowest free/);
    expect(steps).toEqual(['annotate bank']);
  });

  it('by why it waits, or claims nothing, or is not there', () => {
    const { statements, findings } = of('namespace', 'late');
    expect(statements[1]).toMatch(/^It waits: .+\.$/);
    expect(findings.map(({ object, code }) => [object.name, code])).toEqual([['late', 'WaitingForAddress']]);
    expect(of('namespace', 'quiet').statements).toEqual(['It names no EgressIPAM, so it claims no addresses.']);
    expect(of('namespace', 'none')).toMatchObject({ found: false, statements: ['There is no namespace none.'] });
  });

  it('by what its steps wait for, and what is said of objects that they write', () => {
    const object = { kind: 'Policy', name: 'policy-of-shop' };
    const observed = { kind: 'observed', object: { kind: 'Interface', name: 'n1' }, state: 'read' } as const;
    const step = { kind: 'network', action: 'bind', id: 'bind', object, effects: {}, payload: null } as const;
    const steps = [{ ...step, after: [observed, { kind: 'step', id: 'x' } as const], namespace: 'shop' }];
    const finding = { code: 'InvalidObject', severity: 'warning', object, message: 'it is odd' } as const;
    const { statements, findings } = of('namespace', 'shop', { ...made, steps, findings: [...made.findings, finding] });
    expect(statements.slice(3)).toEqual(['A step of it waits until Interface n1 has been read.']);
    expect(findings).toEqual([finding]);
  });
});

describe('an address is explained', () => {
  it('by where it lies, who has it and what is done with it, however it is written', () => {
    expect(of('address', '::ffff:10.0.0.2')).toMatchObject({
      found: true,
      statements: [
        'It lies in 10.0.0.0/30 (topology value "a") of EgressIPAM pool.',
        'Namespace bank has it.',
        'Node n3 carries 10.0.0.2.',
      ],
      steps: ['annotate bank'],
    });
  });

  it('by whoever else names it: the network, the cluster, the cloud', () => {
    const backend: NetworkBackend = { ...plain, explain: (_objects, text) => [`Policy odd names ${text}.`] };
    expect(of('address', '10.0.0.9', made, backend).statements).toEqual([
      'It lies in no CIDR of any EgressIPAM.',
      'No namespace has it.',
      'Policy odd names 10.0.0.9.',
      'The platform shows it in use by a machine.',
    ]);
    expect(of('address', '10.0.0.8').statements).toContain("It is an address of the cluster's API, ingress or DNS.");
    expect(of('address', '10.0.0')).toMatchObject({ found: false, statements: ['"10.0.0" is not an address.'] });
  });
});

it('a node is explained by its state, its EgressIPAM and what it carries', () => {
  expect(of('node', 'n1').statements).toEqual([
    'It is Ready.',
    'EgressIPAM pool has it.',
    expect.stringMatching(/^1 address[^,]*$/),
    'Of namespace shop: Node n1 carries 10.0.0.1.',
  ]);
  expect(of('node', 'n2').statements).toEqual([
    'It is Ready.',
    'No EgressIPAM selects it: check nodeSelector, topologyLabel and labelValue.',
  ]);
  const nodes = made.nodes.map((report) => ({ ...report, placed: 2, capacity: 5 }));
  expect(of('node', 'n1', { ...made, nodes }).statements[2]).toBe(
    '2 addresses are placed on it, of 5 that it can carry.',
  );
  expect(of('node', 'none')).toMatchObject({ found: false, statements: ['There is no node none.'] });
});

it('an EgressIPAM is explained by whom it serves, its CIDRs, and who waits', () => {
  const { statements, findings, steps } = of('egressipam', 'pool');
  expect(statements).toEqual([
    '2 namespaces are served, 2 wait; all addresses of 2 carry traffic.',
    '10.0.0.0/30 (topology value "a"): 2 of 4 allocated, 2 kept back, 0 free; 2 nodes can carry as many addresses as there are.',
    expect.stringMatching(/^Namespace late waits: /),
    expect.stringMatching(/^Namespace later waits: /),
  ]);
  expect([findings.map(({ code }) => code), steps]).toEqual([['AddressesExhausted'], ['annotate bank']]);
  expect(of('egressipam', 'none')).toMatchObject({ found: false, statements: ['There is no EgressIPAM none.'] });
});
