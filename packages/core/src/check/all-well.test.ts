import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { plain } from '../plain/plain-network.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';
import { isAllWell, notCarried } from './all-well.ts';
import { check } from './check.ts';

const has = (name: string, address: string) =>
  aNamespace(name, 1, { egressIPs: address, allocated: `pool/${address}` });
const pool = anEgressIPAM(['10.0.0.0/28=a']);
const well = aSnapshot({
  nodes: [aNode('n1'), aNode('n2')],
  egressIPAMs: [pool],
  namespaces: [has('shop', '10.0.0.5')],
});

it('calls well what carries traffic, with nobody who waits and nothing to do', () => {
  expect(isAllWell(plan(well))).toBe(true);
  expect(check(well).problems).toEqual([]);
});

it.each([
  ['no node carries an address', { nodes: well.nodes.map((node) => ({ ...node, ready: false })) }],
  ['somebody waits', { namespaces: [...well.namespaces, aNamespace('late', 2, { egressIPs: '10.0.0.300' })] }],
  ['something is to be done', { namespaces: [...well.namespaces, aNamespace('late', 2)] }],
])('calls nothing well while %s', (_, worse) => {
  expect(isAllWell(plan({ ...well, ...worse }))).toBe(false);
});

it('law 12: an audit says of everybody who waits why, also of those whose turn has not come', () => {
  const snapshot = { ...well, namespaces: [...well.namespaces, aNamespace('new-1', 2), aNamespace('new-2', 3)] };
  const result = plan(snapshot, plain, { mostNew: 1 });
  expect(isAllWell({ ...result, steps: [] })).toBe(false);
  expect(check(snapshot, plain, result).problems.map(({ code, object }) => [code, object.name])).toEqual([
    ['WaitingForTurn', 'new-2'],
  ]);
});

it('what is said of a namespace beside does not hide that its traffic leaves otherwise', () => {
  const nodes = well.nodes.map((node) => ({ ...node, ready: false }));
  const outside = [has('shop', '10.0.9.5')];
  const { problems } = check({ ...well, nodes, namespaces: outside });
  const errors = problems.filter(({ object, severity }) => object.name === 'shop' && severity === 'error');
  expect(errors).not.toEqual([]);
});

it('says of traffic that leaves otherwise where to look, or that there is a step for it', () => {
  const idle = plan({ ...well, nodes: well.nodes.map((node) => ({ ...node, ready: false })) });
  const shop = { kind: 'Namespace', name: 'shop' };
  const step = { kind: 'network', action: 'bind', id: '1', object: shop, effects: { bound: ['10.0.0.5'] } } as const;
  const messageOf = (steps: typeof idle.steps) => notCarried({ ...idle, steps }, [])[0]?.message;
  expect(messageOf([])).toMatch(/ now: no node carries it; look whether its nodes are Ready, /);
  expect(messageOf([{ ...step, after: [], payload: {} }])).toMatch(/ now: the operator puts it right when it runs$/);
});

it.each([
  ['the namespace', { kind: 'Namespace', name: 'shop' }, [], 'see what OverlappingEgressIP says'],
  ['its node', { kind: 'Node', name: 'n1' }, [], 'see what OverlappingEgressIP says'],
  ['its EgressIPAM', { kind: 'EgressIPAM', name: 'pool' }, [], 'see what OverlappingEgressIP says'],
  ['its address', { kind: 'EgressIPAM', name: 'other' }, ['10.0.0.5'], 'see what OverlappingEgressIP says'],
  ['another namespace', { kind: 'Namespace', name: 'web' }, [], 'look whether node n1 is Ready, and'],
  ['another EgressIPAM', { kind: 'EgressIPAM', name: 'other' }, [], 'look whether node n1 is Ready, and'],
  ['another node', { kind: 'Node', name: 'n3' }, ['10.0.0.6'], 'look whether node n1 is Ready, and'],
])('leads from traffic that leaves otherwise to what is said of %s, and to nothing that is not said', (...row) => {
  const [, object, addresses, expected] = row;
  const idle = plan(well);
  const allocations = idle.allocations.map((allocation) => ({ ...allocation, carried: false, nodes: ['n1'] }));
  const said = { code: 'OverlappingEgressIP', severity: 'warning', object, message: '…', addresses } as const;
  expect(notCarried({ ...idle, allocations }, [said])[0]?.message).toContain(` now: ${expected}`);
});

it('says of an address that no node carries that none does, where nothing says why', () => {
  const idle = plan(well);
  const allocations = idle.allocations.map((allocation) => ({ ...allocation, carried: false, nodes: [null] }));
  expect(notCarried({ ...idle, allocations }, [])[0]?.message).toContain(' now: no node carries it');
});
