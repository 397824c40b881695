import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import type { NodeIndex } from '../ledger/indexes.ts';
import { parseCidrs } from '../parse/parse-lists.ts';
import { hostableParts, isHostable, nodeGroup, unitedGroup, type NodeGroup } from './node-group.ts';
import { NodeSelection } from './node-selection.ts';
import type { NodeTable } from './node-table.ts';

const at = (text: string): Address => parseAddress(text) ?? 0;

function cidrOf(text: string): Cidr {
  const [cidr] = parseCidrs([text]);
  if (cidr === undefined) throw new Error(`${text} is no CIDR`);
  return cidr;
}

/** A node of each of these, which says of itself in which subnets it is. */
function nodesIn(...subnets: readonly (readonly string[] | undefined)[]): NodeTable {
  const parsed = subnets.map((texts) => (texts === undefined ? undefined : parseCidrs(texts)));
  const table: Partial<NodeTable> = { takesNew: () => true, subnetsOf: (node) => parsed[node] };
  return table as NodeTable;
}

const groupOf = (cidr: string, nodes: NodeTable, ...selected: readonly number[]): NodeGroup =>
  nodeGroup(0, new NodeSelection(nodes, selected as NodeIndex[]), cidrOf(cidr));

describe('what nodes can carry of a CIDR', () => {
  const partsOf = (...subnets: readonly (readonly string[] | undefined)[]): unknown => {
    const parsed = subnets.map((texts) => (texts === undefined ? undefined : parseCidrs(texts)));
    const { hostable, uniform } = hostableParts(cidrOf('10.0.0.0/24'), parsed);
    return [hostable.map(({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`), uniform];
  };

  it('is what their subnets have of it, each stretch once, and the same for all where all have the same', () => {
    expect(partsOf(['10.0.0.0/16'])).toEqual([['10.0.0.0-10.0.0.255'], true]);
    expect(partsOf(['10.0.0.0/26'], ['10.0.0.0/26', '10.9.0.0/16'])).toEqual([['10.0.0.0-10.0.0.63'], true]);
    expect(partsOf(['10.0.0.128/25'], ['10.0.0.0/26'])).toEqual([
      ['10.0.0.0-10.0.0.63', '10.0.0.128-10.0.0.255'],
      false,
    ]);
    expect(partsOf(['10.0.0.64/26'], ['10.0.0.0/25'])).toEqual([['10.0.0.0-10.0.0.127'], false]);
    expect(partsOf(['10.9.0.0/16'])).toEqual([[], true]);
    expect(partsOf()).toEqual([[], true]);
  });

  it('is all of it while a node tells nothing', () => {
    expect(partsOf(undefined)).toEqual([['10.0.0.0-10.0.0.255'], true]);
    expect(partsOf(undefined, ['10.0.0.0/26'])).toEqual([['10.0.0.0-10.0.0.255'], false]);
  });
});

describe('the nodes for an address of a CIDR assignment', () => {
  it('are all of them, as one part, where each can carry all', () => {
    const group = groupOf('10.0.0.0/24', nodesIn(['10.0.0.0/16'], ['10.0.0.0/8']), 0, 1);
    expect(group.partFor(at('10.0.0.7'))).toBe(group.selection.whole);
    expect(group.partFor(at('10.9.0.7')).candidates).toEqual([1]);
  });

  it('are those in whose subnets it lies, where these differ', () => {
    const group = groupOf('10.0.0.0/24', nodesIn(['10.0.0.0/26'], ['10.0.0.64/26'], undefined), 0, 1, 2);
    expect(['10.0.0.1', '10.0.0.64', '10.0.0.200'].map((text) => group.partFor(at(text)).candidates)).toEqual([
      [0, 2],
      [1, 2],
      [2],
    ]);
  });

  it('can carry what lies in one of its parts, be it the only one or not', () => {
    const one = groupOf('10.0.0.0/24', nodesIn(['10.0.0.0/26']), 0);
    const two = groupOf('10.0.0.0/24', nodesIn(['10.0.0.0/26', '10.0.0.128/26']), 0);
    const isIn = (group: NodeGroup): readonly boolean[] =>
      ['10.0.0.63', '10.0.0.64', '10.0.0.128'].map((text) => isHostable(group, at(text)));
    expect([isIn(one), isIn(two)]).toEqual([
      [true, false, false],
      [true, false, true],
    ]);
    expect(isHostable({ hostable: [] }, at('10.0.0.1'))).toBe(false);
  });
});

it('the nodes for an address in no CIDR any more are those of all assignments that can carry it, each once', () => {
  const nodes = nodesIn(['10.0.0.0/16'], ['10.9.0.0/16'], ['10.0.0.0/8']);
  const groups = [groupOf('10.0.0.0/24', nodes, 2, 1), groupOf('10.0.1.0/24', nodes, 1, 0)];
  const united = unitedGroup(nodes, groups, 7);
  expect(united.selection.selected).toEqual([0, 1, 2]);
  expect(united.partFor(at('10.9.0.1')).candidates).toEqual([1, 2]);
  expect(united).toMatchObject({ index: 7, hostable: [], uniform: false });
});
