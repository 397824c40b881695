import { asRecord } from '@egressip-ipam/core/plugin';
import { Reflector } from '@egressip-ipam/kube';
import { setTimeout as wait } from 'node:timers/promises';
import { conditionOf } from '../support/carried.ts';
import { namespaces } from '../support/resources.ts';
import type { StormCluster, StormNetwork } from './storm-networks.ts';

const record = 'egressip-ipam-operator.redhat-cop.io/allocated';

/** By namespace, of these that have one: the record of its addresses. */
export async function records(
  { objects }: StormCluster,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const { items } = await objects.client(namespaces).list();
  const wanted = new Set(names);
  return new Map(
    items.flatMap(({ metadata: { name, annotations } }) => {
      const text = annotations?.[record];
      return text === undefined || !wanted.has(name) ? [] : [[name, text] as const];
    }),
  );
}

/** The addresses of a record. */
export function addressesIn(text: string): readonly string[] {
  return text.slice(text.indexOf('/') + 1).split(',');
}

/**
 * Whether each claim has addresses of its EgressIPAM that the network binds, and each status says so.
 *
 * @param claims the EgressIPAM by namespace
 */
export async function isWhole(
  cluster: StormCluster,
  network: StormNetwork,
  claims: ReadonlyMap<string, string>,
): Promise<boolean> {
  const told = await records(cluster, claims.keys());
  const bound = new Set((await cluster.objects.client(network.binding).list()).items.flatMap(network.boundIn));
  const isBound = ([name, pool]: readonly [string, string]): boolean => {
    const text = told.get(name) ?? '';
    return text.startsWith(`${pool}/`) && addressesIn(text).every((address) => bound.has(address));
  };
  if (![...claims].every(isBound)) return false;
  for (const pool of new Set(claims.values())) {
    const status = await cluster.objects.statusOf(pool);
    const { served, carried } = asRecord(status['summary']);
    const count = [...claims.values()].filter((one) => one === pool).length;
    const whole = `${count}/${count}`;
    if (conditionOf(status, 'Ready') !== 'True' || served !== whole || carried !== whole) return false;
  }
  return true;
}

/** Watches what binds traffic to these addresses, and notes each that is bound no more. */
export async function watchBound(
  { objects }: StormCluster,
  { binding, boundIn }: StormNetwork,
  addresses: readonly string[],
): Promise<{ readonly unbound: readonly string[]; stop(): Promise<void> }> {
  const unbound: string[] = [];
  const note = (was: readonly string[], is: readonly string[]): void =>
    void unbound.push(...was.filter((address) => addresses.includes(address) && !is.includes(address)));
  const reflector = new Reflector<readonly string[]>({
    client: objects.client(binding),
    consistency: 'latest',
    project: boundIn,
    onChange: (change) => {
      if (change.type !== 'added') note(change.previous, change.type === 'updated' ? change.object : []);
    },
  });
  reflector.start();
  await reflector.whenSynced();
  return { unbound, stop: () => reflector.stop() };
}

/** What the operators write within some time, Leases and Events left out. */
export async function writesWithin(cluster: StormCluster, milliseconds: number): Promise<readonly string[]> {
  const before = (await cluster.writes()).length;
  await wait(milliseconds);
  return (await cluster.writes())
    .slice(before)
    .filter(({ resource }) => resource !== 'leases' && resource !== 'events')
    .map(({ verb, resource, name, subresource }) => `${verb} ${resource}/${name}/${subresource}`);
}

/**
 * Violations, but for what stands on the record of a namespace that gave its addresses back: it proves nothing, and
 * whoever leads may be killed before it clears it. To what traffic is bound is looked at all the same.
 */
export function violationsBeside(violations: readonly string[], leavers: ReadonlySet<string>): readonly string[] {
  return violations.filter((text) => {
    const [, names = ''] = / belongs to (.*) \(law 1\)$/.exec(text) ?? [];
    return !names.split(' and ').some((name) => leavers.has(name));
  });
}
