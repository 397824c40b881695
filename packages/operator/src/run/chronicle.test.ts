import {
  buildSnapshot,
  type Allocation,
  type AllocationSource,
  type ClusterSnapshot,
  type FindingCode,
  type Plan,
} from '@egressip-ipam/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Chronicle } from './chronicle.ts';
import { createLog } from '../log/log.ts';

const allocation = (
  namespace: string,
  placements: Readonly<Record<string, string | null>>,
  source: AllocationSource = 'kept',
): Allocation => ({
  namespace,
  egressIPAM: 'pool',
  source,
  addresses: Object.keys(placements),
  nodes: Object.values(placements),
  carried: Object.values(placements).every((node) => node !== null),
});
const waiting = (
  namespace: string,
  code: FindingCode,
  message: string,
  mender: 'owner' | 'cluster' = 'owner',
): Plan['waiting'][number] => ({
  namespace,
  egressIPAM: 'pool',
  mender,
  reason: { code, severity: 'error', object: { kind: 'Namespace', name: namespace }, message },
});
const present = (
  namespaces: readonly string[],
  nodes: Readonly<Record<string, boolean>> = {},
  egressIPAM = 'pool',
  allocated?: string,
): ClusterSnapshot =>
  buildSnapshot({
    egressIPAMs: [{ name: 'pool', createdAt: '', topologyLabel: 'zone', cidrAssignments: [] }],
    namespaces: namespaces.map((name) => ({
      ...{ name, createdAt: '2026-01-01T00:00:00Z', egressIPAM },
      ...(allocated === undefined ? {} : { allocated }),
    })),
    nodes: Object.entries(nodes).map(([name, ready]) => ({ name, labels: {}, ready, addresses: [] })),
  });

describe('the log of what was decided', () => {
  let lines: Record<string, unknown>[];
  let chronicle: Chronicle;
  let now = 0;
  const note = (
    allocations: readonly Allocation[],
    snapshot = present(['shop', 'bank']),
    waits: Plan['waiting'] = [],
    isSettled = true,
    steps: readonly object[] = [],
  ): readonly unknown[] => {
    lines = [];
    chronicle.note({ allocations, waiting: waits, steps, findings: [] } as unknown as Plan, snapshot, now, isSettled);
    return lines.map(({ level: _level, time: _time, ...line }) => line);
  };
  beforeEach(() => {
    now = 0;
    lines = [];
    chronicle = new Chronicle(
      createLog((line) => void lines.push(JSON.parse(line) as Record<string, unknown>), {
        format: 'json',
        level: 'info',
        now: () => 0,
      }),
    );
  });

  it('begins with what was there before, which is no news', () => {
    const held = { message: 'addresses held', egressIPAM: 'pool' };
    expect(note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.2': null }, 'new')])).toEqual([
      { message: 'what namespaces have is known', namespaces: 1 },
      { ...held, namespace: 'shop', addresses: ['10.0.0.1'], nodes: ['a'] },
    ]);
    expect(note([allocation('shop', { '10.0.0.1': 'a' })])).toEqual([]);
  });

  it('tells what others did between two terms, and nothing that it told in the one before', () => {
    note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.2': 'a' })]);
    note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.3': 'a' }, 'new')]);
    chronicle.endTerm();
    expect(note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.3': 'b' })])).toMatchObject([
      { message: 'addresses released', namespace: 'bank', addresses: ['10.0.0.2'] },
      { message: 'addresses allocated', namespace: 'bank', addresses: ['10.0.0.3'], nodes: ['b'], why: 'found' },
    ]);
  });

  it('has the node that an address is on, as long as it could not be moved', () => {
    const moving = [
      { node: 'a', effects: { unhosted: ['10.0.0.1'] } },
      { node: 'b', effects: { hosted: ['10.0.0.1'] } },
    ];
    const meant = [allocation('shop', { '10.0.0.1': 'b' })];
    expect(note(meant, undefined, [], false, moving)).toMatchObject([
      { message: 'what namespaces have is known' },
      { message: 'addresses held', nodes: ['a'] },
    ]);
    expect(note(meant, undefined, [], true, moving)).toEqual([]);
    expect(note(meant, undefined, [], true, moving.slice(1))).toEqual([]);
    expect(note(meant)).toMatchObject([{ message: 'address moved', from: 'a', to: 'b' }]);
  });

  it('has an allocation once it is written, with its nodes and why', () => {
    note([]);
    expect(note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' }, 'new')])).toEqual([]);
    expect(note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })])).toEqual([
      {
        message: 'addresses allocated',
        namespace: 'shop',
        egressIPAM: 'pool',
        addresses: ['10.0.0.1', '10.0.1.1'],
        nodes: ['a', 'b'],
        why: 'new',
      },
    ]);
    expect(note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })])).toEqual([]);
  });

  it('tells why of what a namespace gets beside what it has, once that is written', () => {
    note([allocation('shop', { '10.0.0.1': 'a' })]);
    const both = allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' });
    for (const source of ['new', 'returned', 'recorded'] as const) {
      expect(note([{ ...both, added: { addresses: ['10.0.1.1'], source } }])).toEqual([]);
      expect(note([both])).toMatchObject([{ message: 'addresses allocated', addresses: ['10.0.1.1'], why: source }]);
      note([allocation('shop', { '10.0.0.1': 'a' })]);
    }
  });

  it('tells the node that an address came to, not one that was meant for it before it was there', () => {
    note([]);
    const meant = { ...allocation('shop', { '10.0.0.1': 'a' }), carried: false };
    expect(note([meant], undefined, [], false)).toEqual([]);
    expect(note([allocation('shop', { '10.0.0.1': 'b' })], undefined, [], false)).toEqual([
      expect.objectContaining({ message: 'addresses allocated', nodes: ['b'] }),
    ]);
  });

  it('has one line where the network chooses the node a moment later, and two where it takes long', () => {
    note([]);
    expect(note([allocation('shop', { '10.0.0.1': null }), allocation('bank', { '10.0.0.2': null })])).toEqual([]);
    now = 1_000;
    expect(note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.2': null })])).toMatchObject([
      { message: 'addresses allocated', namespace: 'shop', nodes: ['a'], why: 'found' },
    ]);
    now = 6_000;
    expect(note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.2': null })])).toMatchObject([
      { message: 'addresses allocated', namespace: 'bank', nodes: [null] },
    ]);
    expect(note([allocation('shop', { '10.0.0.1': 'a' }), allocation('bank', { '10.0.0.2': 'b' })])).toEqual([
      { message: 'address placed', namespace: 'bank', egressIPAM: 'pool', address: '10.0.0.2', node: 'b' },
    ]);
  });

  it('has one line for each of very many, as long as the network goes on placing them', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const placed = (count: number): readonly unknown[] => {
      const messages = note(
        names.map((name, index) => allocation(name, { [`10.0.0.${index}`]: index < count ? 'n' : null })),
      );
      now += 4_000;
      return messages.map((line) => (line as { readonly namespace: string }).namespace);
    };
    note([]);
    expect([0, 1, 2, 3].map(placed)).toEqual([[], ['a'], ['b'], ['c']]);
    // Nothing more comes.
    expect([3, 3].map(placed)).toEqual([[], ['d', 'e']]);
  });

  it('has an allocation after five minutes, whatever else is placed', () => {
    note([]);
    const lines: unknown[] = [];
    for (now = 0; now <= 300_000; now += 4_000)
      lines.push(
        ...note([
          allocation('stuck', { '10.0.0.1': null }),
          allocation(`n${now}`, { '10.0.0.2': now === 0 ? null : 'n' }),
        ]),
      );
    expect(lines.filter((line) => (line as { readonly namespace: string }).namespace === 'stuck')).toHaveLength(1);
  });

  it.each([
    ['node not ready', { a: false }],
    ['node deleted', {}],
    ['node not eligible any more or full, or the network took it off', { a: true }],
  ])('has moves and why: %s', (why, nodes) => {
    note([allocation('shop', { '10.0.0.1': 'a' })]);
    expect(note([allocation('shop', { '10.0.0.1': 'c' })], present(['shop'], nodes))).toEqual([
      { message: 'address moved', namespace: 'shop', egressIPAM: 'pool', address: '10.0.0.1', from: 'a', to: 'c', why },
    ]);
    expect(note([allocation('shop', { '10.0.0.1': null })], present(['shop'], { c: false }))).toEqual([
      {
        message: 'address without a node',
        namespace: 'shop',
        egressIPAM: 'pool',
        address: '10.0.0.1',
        from: 'c',
        why: 'node not ready',
      },
    ]);
  });

  it('says why an address left a node that was well again when it was told', () => {
    note([allocation('shop', { '10.0.0.1': 'a' })], present(['shop'], { a: true, b: true }));
    const moved = [allocation('shop', { '10.0.0.1': 'b' })];
    expect(note(moved, present(['shop'], { a: false, b: true }), [], false)).toEqual([]);
    expect(note(moved, present(['shop'], { a: true, b: true }))).toMatchObject([{ from: 'a', why: 'node not ready' }]);
    // What was told is over.
    const back = [allocation('shop', { '10.0.0.1': 'a' })];
    expect(note(back, present(['shop'], { a: true, b: true }))).toMatchObject([
      { from: 'b', why: 'node not eligible any more or full, or the network took it off' },
    ]);
  });

  it('has what no node carries, on whichever node the network keeps it', () => {
    const shop = [allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })];
    note(shop, present(['shop'], { a: true, b: true }));
    expect(note(shop, present(['shop'], { a: false, b: true }), [], false)).toEqual([]);
    const without = { message: 'address without a node', namespace: 'shop', egressIPAM: 'pool' };
    expect(note(shop, present(['shop'], { a: false, b: true }))).toEqual([
      { ...without, address: '10.0.0.1', from: 'a', why: 'node not ready' },
    ]);
    expect(note(shop, present(['shop'], { a: false, b: true }))).toEqual([]);
    expect(note(shop, present(['shop'], { a: false }))).toEqual([
      { ...without, address: '10.0.1.1', from: 'b', why: 'node deleted' },
    ]);
    expect(note(shop, present(['shop'], { a: true }))).toEqual([
      { message: 'address placed', namespace: 'shop', egressIPAM: 'pool', address: '10.0.0.1', node: 'a' },
    ]);
  });

  it('has one move, not a loss, of what is on its way from a node that is down', () => {
    note([allocation('shop', { '10.0.0.1': 'a' })], present(['shop'], { a: true, b: true }));
    const moving = [{ node: 'a', effects: { unhosted: ['10.0.0.1'] } }];
    const down = present(['shop'], { a: false, b: true });
    expect(note([allocation('shop', { '10.0.0.1': 'b' })], down, [], true, moving)).toEqual([]);
    expect(note([allocation('shop', { '10.0.0.1': 'b' })], down)).toMatchObject([
      { message: 'address moved', from: 'a', to: 'b', why: 'node not ready' },
    ]);
  });

  it('has no moves of what is still being written', () => {
    note([allocation('shop', { '10.0.0.1': 'a' })]);
    expect(note([allocation('shop', { '10.0.0.1': 'c' })], undefined, [], false)).toEqual([]);
    expect(note([allocation('shop', { '10.0.0.1': 'd' })])).toMatchObject([{ from: 'a', to: 'd' }]);
  });

  it.each([
    ['namespace deleted', present([])],
    ['claim given up', present(['shop'], {}, '')],
    ['other EgressIPAM claimed from', present(['shop'], {}, 'another')],
    ['other addresses asked for', present(['shop'])],
    ['EgressIPAM deleted', { ...present(['shop']), egressIPAMs: [] }],
  ])('has releases and why: %s', (why, snapshot) => {
    note([allocation('shop', { '10.0.0.1': 'a' })]);
    expect(note([], snapshot)).toEqual([
      { message: 'addresses released', namespace: 'shop', egressIPAM: 'pool', addresses: ['10.0.0.1'], why },
    ]);
  });

  it.each([
    ['and says so to who begins', true],
    ['and tells no allocation of it', false],
  ])('knows who gave what is kept while another EgressIPAM cannot serve, %s', (_what, begins) => {
    const keeping = { ...allocation('shop', { '10.0.0.1': 'a' }), egressIPAM: 'another' };
    const switching = present(['shop'], {}, 'another', 'pool/10.0.0.1');
    if (!begins) note([allocation('shop', { '10.0.0.1': 'a' })]);
    const told = note([keeping], switching);
    if (begins) expect(told[1]).toMatchObject({ message: 'addresses held', egressIPAM: 'pool' });
    else expect(told).toEqual([]);
    const given = { ...allocation('shop', { '10.9.0.1': 'z' }), egressIPAM: 'another' };
    expect(note([given], present(['shop'], {}, 'another', 'another/10.9.0.1'))).toMatchObject([
      { egressIPAM: 'pool', addresses: ['10.0.0.1'], why: 'other EgressIPAM claimed from' },
      { egressIPAM: 'another', addresses: ['10.9.0.1'] },
    ]);
  });

  it('has a refusal once while it stands', () => {
    const refused = [waiting('shop', 'AddressReserved', '10.0.0.1 is reserved')];
    const line = {
      message: 'claim not served',
      namespace: 'shop',
      egressIPAM: 'pool',
      code: 'AddressReserved',
      reason: '10.0.0.1 is reserved',
    };
    note([]);
    expect(note([], undefined, refused)).toEqual([line]);
    expect(note([], undefined, refused)).toEqual([]);
    expect(note([])).toEqual([]);
    expect(note([], undefined, refused)).toEqual([line]);
  });

  it('has each other thing that an owner asks for in vain, and what a cluster lacks once', () => {
    const told = (reason: string, mender: 'owner' | 'cluster'): number =>
      note([], undefined, [waiting('shop', mender === 'owner' ? 'InvalidAddress' : 'NoFreeAddress', reason, mender)])
        .length;
    note([]);
    expect([told('"a" is none', 'owner'), told('"a" is none', 'owner'), told('"b" is none', 'owner')]).toEqual([
      1, 0, 1,
    ]);
    expect([told('2 more wait', 'cluster'), told('3 more wait', 'cluster')]).toEqual([1, 0]);
  });

  it('has one line for other addresses that were asked for, once the network has them on nodes', () => {
    note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.1': 'b' })]);
    note([{ ...allocation('shop', { '10.0.0.1': 'a', '10.0.1.2': null }), source: 'input' }]);
    // Whoever gets it now is told after that.
    expect(note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.2': null })])).toEqual([
      expect.objectContaining({ message: 'addresses released', addresses: ['10.0.1.1'] }),
    ]);
    expect(note([allocation('shop', { '10.0.0.1': 'a', '10.0.1.2': 'b' })])).toEqual([
      expect.objectContaining({
        message: 'addresses allocated',
        addresses: ['10.0.1.2'],
        nodes: ['b'],
        why: 'input',
      }),
    ]);
    note([allocation('shop', { '10.0.0.9': null, '10.0.1.9': null })]);
    expect(note([allocation('shop', { '10.0.0.9': 'a', '10.0.1.9': 'b' })])).toMatchObject([
      { message: 'addresses allocated', addresses: ['10.0.0.9', '10.0.1.9'], nodes: ['a', 'b'] },
    ]);
  });

  it('has nothing left of a namespace that went before its allocation was told', () => {
    note([]);
    const meant = allocation('shop', { '10.0.0.1': null });
    note([{ ...meant, source: 'new' }]);
    expect(note([meant])).toEqual([]);
    expect(note([], present(['bank']))).toEqual([]);
    now = 3_600_000;
    // It waits for its node like any other, and is not what was decided for the one before.
    expect(note([meant])).toEqual([]);
    expect(note([allocation('shop', { '10.0.0.1': 'a' })])).toMatchObject([{ nodes: ['a'], why: 'found' }]);
  });

  it('says that an address is given back before it says who has it now', () => {
    note([allocation('bank', { '10.0.0.1': 'a' }), allocation('shop', { '10.0.0.2': 'a' })]);
    const swapped = [allocation('bank', { '10.0.0.2': 'a' }), allocation('shop', { '10.0.0.1': 'a' })];
    expect(note(swapped)).toMatchObject([
      { message: 'addresses released', namespace: 'bank' },
      { message: 'addresses released', namespace: 'shop' },
      { message: 'addresses allocated', namespace: 'bank' },
      { message: 'addresses allocated', namespace: 'shop' },
    ]);
  });

  it('has 1,000 lines for 1,000 namespaces at once', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    const all = (source: AllocationSource): readonly Allocation[] =>
      names.map((name, index) =>
        allocation(
          name,
          { [`10.0.${index >> 8}.${index & 255}`]: 'a', [`10.1.${index >> 8}.${index & 255}`]: 'b' },
          source,
        ),
      );
    note([], present(names));
    expect(note(all('new'), present(names))).toHaveLength(0);
    expect(note(all('kept'), present(names))).toHaveLength(1_000);
  });
});
