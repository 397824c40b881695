import { describe, expect, it } from 'vitest';
import { interfaceChooser } from './choose-interface.ts';
import { batchOf } from './batch.ts';
import { readInterfaces, type KernelInterface } from './interfaces.ts';
import { reconcile, type ReconcileInput } from './reconcile.ts';

const shown = (local: string, prefixlen: number, more: object = {}) => ({
  family: local.includes(':') ? 'inet6' : 'inet',
  local,
  prefixlen,
  scope: 'global',
  valid_life_time: 4_294_967_295,
  ...more,
});
const kernel = (addresses: readonly object[], more: readonly object[] = []): readonly KernelInterface[] =>
  readInterfaces(
    JSON.stringify([
      { ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP'], addr_info: [shown('127.0.0.1', 8)] },
      { ifindex: 2, ifname: 'eth0', flags: ['UP'], addr_info: addresses },
      ...more,
    ]),
  );
const node = [shown('192.0.2.11', 24), shown('2001:db8::11', 64)];
const ours = shown('192.0.2.101', 32, { valid_life_time: 4, scope: 'host' });
const input = (changes: Partial<ReconcileInput>): ReconcileInput => ({
  wishes: ['192.0.2.101'],
  interfaces: kernel(node),
  own: [],
  present: new Set(),
  lifetimeSeconds: 5,
  mayTake: () => true,
  verdict: () => 'free',
  ...changes,
});
const there: Partial<ReconcileInput> = {
  interfaces: kernel([...node, ours]),
  own: [{ address: '192.0.2.101', interface: 'eth0' }],
  present: new Set(['192.0.2.101']),
};
const put = { type: 'put', address: '192.0.2.101', interface: 'eth0', lifetimeSeconds: 5 };
const remove = { type: 'remove', address: '192.0.2.101', interface: 'eth0' };

describe('reconcile', () => {
  it('takes an address that nobody has, and renews the lifetime of one that is there', () => {
    expect(reconcile(input({})).changes).toEqual([put]);
    expect(reconcile(input(there)).changes).toEqual([put]);
  });

  it.each([
    ['bridge', [], 'br0'],
    ['VRF', ['br0'], 'eth1'],
  ])('chooses no port of a %s: whose addresses those are', (_what, vrfs, chosen) => {
    const links = [
      { ifindex: 2, ifname: 'eth1', flags: ['UP'], master: 'br0', addr_info: [shown('192.0.2.11', 24)] },
      { ifindex: 3, ifname: 'br0', flags: ['UP'], addr_info: [shown('192.0.2.11', 24)] },
    ];
    const interfaces = readInterfaces(JSON.stringify(links), vrfs);
    expect(interfaceChooser(interfaces)('192.0.2.101')?.interface).toBe(chosen);
    const elsewhere = { address: '192.0.2.101', interface: 'eth1' };
    const left = readInterfaces(
      JSON.stringify(
        links.map((link) => ({ ...link, addr_info: [...link.addr_info, ...(link.ifname === 'eth1' ? [ours] : [])] })),
      ),
      vrfs,
    );
    const { changes } = reconcile(input({ interfaces: left, own: [elsewhere], present: new Set(['192.0.2.101']) }));
    expect(changes.map(({ type, interface: device }) => `${type} ${device}`)).toEqual(
      vrfs.length > 0 ? ['put eth1'] : ['remove eth1', 'put br0'],
    );
  });

  it('puts nothing before the network was asked, nor while somebody answers', () => {
    expect(reconcile(input({ verdict: () => 'unknown' }))).toMatchObject({
      changes: [],
      decisions: [{ obstacle: 'not-probed' }],
    });
    expect(reconcile(input({ verdict: () => 'duplicate' }))).toMatchObject({
      changes: [],
      decisions: [{ obstacle: 'duplicate' }],
    });
  });

  it('keeps what is there without asking again, and puts back what somebody took off', () => {
    expect(reconcile(input({ ...there, mayTake: () => false, verdict: () => 'duplicate' })).changes).toEqual([put]);
    expect(
      reconcile(input({ ...there, interfaces: kernel(node), mayTake: () => false, verdict: () => 'unknown' })),
    ).toMatchObject({ changes: [put], decisions: [{ isRestored: true }] });
  });

  it('takes nothing new by a majority alone', () => {
    expect(reconcile(input({ mayTake: () => false }))).toMatchObject({
      changes: [],
      decisions: [{ obstacle: 'no-hold' }],
    });
  });

  it('takes everything off without a hold, and what is not wanted any more', () => {
    expect(reconcile(input({ ...there, lifetimeSeconds: 0 })).changes).toEqual([remove]);
    expect(reconcile(input({ ...there, wishes: [] })).changes).toEqual([remove]);
  });

  it("takes no subnet's own address and none for broadcast, and leaves alone what became one while it was there", () => {
    const kept = ['192.0.2.0', '192.0.2.255', '2001:db8::'];
    const { changes, decisions } = reconcile(input({ wishes: kept }));
    expect([changes, decisions.map(({ obstacle }) => obstacle)]).toEqual([[], kept.map(() => 'kept')]);
    const last = '192.0.2.103';
    const narrow = [shown('192.0.2.102', 30)];
    expect(reconcile(input({ wishes: [last], interfaces: kernel(narrow) })).changes).toEqual([]);
    const became = kernel([...narrow, { ...ours, local: last }]);
    const own = [{ address: last, interface: 'eth0' }];
    expect(reconcile(input({ wishes: [last], interfaces: became, own })).changes).toEqual([{ ...put, address: last }]);
  });

  it('leaves alone what is not on record as ours, wanted or not', () => {
    const foreign = { interfaces: kernel([...node, ours]) };
    expect(reconcile(input(foreign))).toMatchObject({ changes: [], decisions: [{ obstacle: 'foreign' }] });
    expect(reconcile(input({ ...foreign, wishes: [], lifetimeSeconds: 0 })).changes).toEqual([]);
  });

  it('gives an address its form again that somebody took off and put there in another', () => {
    const labelled = shown('192.0.2.101', 32);
    expect(reconcile(input({ ...there, interfaces: kernel([...node, labelled]) })).changes).toEqual([remove, put]);
  });

  it('takes what somebody put there with a subnet for nothing of ours, keeps its own beside it, and says so', () => {
    const withSubnet = shown('192.0.2.101', 24);
    const beside: Partial<ReconcileInput> = { ...there, interfaces: kernel([...node, ours, withSubnet]) };
    expect(reconcile(input(beside))).toMatchObject({
      changes: [put],
      decisions: [{ isPresent: true, beside: '192.0.2.101/24' }],
    });
    expect(reconcile(input({ ...there, interfaces: kernel([...node, withSubnet]) }))).toMatchObject({
      changes: [put],
      decisions: [{ isPresent: true, isRestored: true }],
    });
    const left = reconcile(input({ ...there, wishes: [], interfaces: kernel([...node, withSubnet]) }));
    expect([left.changes, left.own]).toEqual([[], []]);
    expect(reconcile(input({ interfaces: kernel([...node, withSubnet]) }))).toMatchObject({
      changes: [],
      decisions: [{ obstacle: 'foreign' }],
    });
  });

  it('puts an address on another interface of its subnet where the one that had it serves no more', () => {
    const second = { ifindex: 3, ifname: 'eth1', flags: ['UP'], addr_info: [shown('192.0.2.12', 24)] };
    const interfaces = kernel([...node, ours], [second]).map((one) =>
      one.name === 'eth0' ? { ...one, isUp: false } : one,
    );
    expect(reconcile(input({ ...there, interfaces, verdict: () => 'unknown' }))).toMatchObject({
      changes: [remove, { ...put, interface: 'eth1' }],
      decisions: [{ isPresent: true, isMoved: true, isRestored: false }],
    });
  });

  it('goes with an interface that got another name, and takes nothing there that was never ours', () => {
    const is = (address: object): Partial<ReconcileInput> => ({
      ...there,
      interfaces: kernel([...node, address]).map((one) => (one.name === 'eth0' ? { ...one, name: 'lan0' } : one)),
    });
    expect(reconcile(input(is(ours)))).toMatchObject({
      changes: [{ ...put, interface: 'lan0' }],
      own: [{ address: '192.0.2.101', interface: 'lan0' }],
    });
    expect(reconcile(input({ ...is(ours), wishes: [] })).changes).toEqual([{ ...remove, interface: 'lan0' }]);
    expect(reconcile(input(is(shown('192.0.2.101', 32))))).toMatchObject({
      changes: [],
      decisions: [{ obstacle: 'foreign' }],
    });
  });

  it('has on record what it removes until it is seen to be gone, and what it puts before it is there', () => {
    expect(reconcile(input({ ...there, wishes: [] })).own).toEqual([{ address: '192.0.2.101', interface: 'eth0' }]);
    expect(reconcile(input({})).own).toEqual([{ address: '192.0.2.101', interface: 'eth0' }]);
  });
});

describe('interfaceChooser', () => {
  const second = (addresses: readonly object[], flags = ['UP'], ifname = 'bond0.5') => [
    { ifindex: 3, ifname, flags, addr_info: addresses },
  ];
  const chosen = (interfaces: readonly KernelInterface[], ...addresses: readonly string[]) =>
    addresses.map((address) => interfaceChooser(interfaces)(address)?.interface);

  it('goes by subnet, the narrowest first, whatever kind of interface it is', () => {
    const interfaces = kernel([shown('192.0.2.11', 16)], second([shown('192.0.2.12', 24)]));
    expect(chosen(interfaces, '192.0.2.101', '192.0.9.1', '198.51.100.1')).toEqual(['bond0.5', 'eth0', undefined]);
  });

  it('uses none that is down or has no carrier, no loopback, and not where kube-proxy keeps Services', () => {
    for (const flags of [[], ['NO-CARRIER', 'UP']])
      expect(chosen(kernel([], second([shown('192.0.2.12', 24)], flags)), '192.0.2.101')).toEqual([undefined]);
    expect(chosen(kernel([], second([shown('192.0.2.12', 24)], ['UP'], 'kube-ipvs0')), '192.0.2.101')).toEqual([
      undefined,
    ]);
    expect(chosen(kernel([]), '127.0.0.2')).toEqual([undefined]);
  });

  it('looks at the subnets once, however many addresses there are', () => {
    let looks = 0;
    const [lo, eth0] = kernel(node);
    const counted = {
      ...eth0!,
      get addresses() {
        looks++;
        return eth0!.addresses;
      },
    };
    const wishes = Array.from({ length: 256 }, (_, index) => `192.0.2.${index}`);
    const few = (count: number) => {
      looks = 0;
      reconcile(input({ interfaces: [lo!, counted], wishes: wishes.slice(0, count) }));
      return looks;
    };
    expect(few(256)).toBe(few(2));
  });
});

describe('batchOf', () => {
  it('writes the form in which nothing else of the node leaves by the address', () => {
    const change = (address: string) => ({ type: 'put', address, interface: 'eth0', lifetimeSeconds: 5 }) as const;
    expect(
      batchOf([
        change('192.0.2.101'),
        change('2001:db8::101'),
        { type: 'remove', address: '192.0.2.102', interface: 'eth0' },
      ]).split('\n'),
    ).toEqual([
      'address replace 192.0.2.101/32 dev eth0 scope host valid_lft 5 preferred_lft 5',
      'address replace 2001:db8::101/128 dev eth0 nodad valid_lft 5 preferred_lft 0',
      'address del 192.0.2.102/32 dev eth0',
      '',
    ]);
  });
});
