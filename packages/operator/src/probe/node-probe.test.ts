import type { Clock } from '@egressip-ipam/kube';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeProbe } from './node-probe.ts';

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

describe('the node probe', () => {
  let now: number;
  let renewedAt: Map<string, number>;
  let unreachable: Set<string>;
  let ready: string[];
  let suspended: number;
  let probe: NodeProbe;
  const clock: Clock = { now: () => now, monotonic: () => now, setTimeout: () => ({ cancel: () => undefined }) };

  beforeEach(() => {
    now = 0;
    suspended = 0;
    ready = [...names];
    unreachable = new Set();
    renewedAt = new Map(names.map((name) => [name, 0]));
    probe = new NodeProbe({
      clock,
      nodes: () => ready.map((name) => ({ name, address: name })),
      leaseAge: (node) => now - (renewedAt.get(node) ?? 0),
      canConnect: (address) => Promise.resolve(!unreachable.has(address)),
      onChange: () => undefined,
      onSuspended: () => (suspended += 1),
    });
  });

  /** Seconds go by, in which all but some kubelets renew their leases. */
  const pass = async (seconds: number, silent: readonly string[] = []): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1000;
      for (const name of names) if (!silent.includes(name) && now % 10_000 === 0) renewedAt.set(name, now);
      await probe.look();
    }
  };

  it('calls nobody dead while leases are renewed every ten seconds and nodes answer', async () => {
    await pass(60);
    expect([...probe.dead]).toEqual([]);
  });

  it('finds a node that died right after a renewal within ten seconds', async () => {
    unreachable.add('n1');
    await pass(9, ['n1']);
    expect([...probe.dead]).toEqual(['n1']);
  });

  it('finds a node that died right before a renewal within five seconds', async () => {
    await pass(9);
    unreachable.add('n1');
    await pass(5, ['n1']);
    expect([...probe.dead]).toEqual(['n1']);
  });

  it('leaves a node alone that only the lease misses', async () => {
    await pass(60, ['n1']);
    expect([...probe.dead]).toEqual([]);
  });

  it('leaves a node alone that only takes no connections', async () => {
    renewedAt = new Map();
    const fresh = new NodeProbe({
      clock,
      nodes: () => names.map((name) => ({ name, address: name })),
      leaseAge: () => 1000,
      canConnect: () => Promise.resolve(false),
      onChange: () => undefined,
    });
    for (let round = 0; round < 30; round += 1) await fresh.look();
    expect([...fresh.dead]).toEqual([]);
  });

  it('buries a third of the nodes, and nobody when it is more: then the operator is cut off', async () => {
    unreachable = new Set(['n1', 'n2', 'n3']);
    await pass(30, ['n1', 'n2', 'n3']);
    expect([...probe.dead]).toEqual([]);
    expect(suspended).toBeGreaterThan(0);
    unreachable.delete('n3');
    await pass(10, ['n1', 'n2']);
    expect([...probe.dead].sort()).toEqual(['n1', 'n2']);
  });

  it('waits when all others take no connections either, though their leases are fresh', async () => {
    unreachable = new Set(names);
    await pass(9, ['n1']);
    expect([...probe.dead]).toEqual([]);
  });

  it('takes a node back when it answers and renews, and forgets one that the API server gave up', async () => {
    unreachable = new Set(['n1', 'n2']);
    await pass(10, ['n1', 'n2']);
    expect([...probe.dead].sort()).toEqual(['n1', 'n2']);
    unreachable.delete('n1');
    ready = names.filter((name) => name !== 'n2');
    await pass(1);
    expect([...probe.dead]).toEqual([]);
  });
});
