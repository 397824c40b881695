import type { Plan } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import { byName } from '../../snapshot/compare-names.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { aNamespace } from '../builders.ts';
import { converge, ensure, live, same } from './live.ts';
import { idleAddresses } from './readiness-laws.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** A record that nothing of ours confirms is checked as input is. */
export function law11(network: NetworkUnderTest): Check {
  const forge = (snapshot: ClusterSnapshot, addresses: string, allocated: boolean): ClusterSnapshot => {
    const namespace = aNamespace('zz-forged', 99, {
      egressIPs: addresses,
      ...(allocated ? { allocated: `pool/${addresses}` } : {}),
    });
    return { ...snapshot, namespaces: [...snapshot.namespaces, namespace].sort(byName) };
  };
  return (initial, history) => {
    const { snapshot } = live(network, initial, history.happenings);
    const cidrs = history.topology === 'one-cidr' ? 1 : 2;
    const oneEach = [0, 1, 5, 31, 200].map((number) =>
      Array.from({ length: cidrs }, (_, index) => `10.0.${index}.${number}`).join(),
    );
    for (const addresses of [...oneEach, '10.0.0.60,10.0.0.61']) {
      const [asked, forged] = [
        plan(forge(snapshot, addresses, false), network.backend),
        plan(forge(snapshot, addresses, true), network.backend),
      ];
      const given = ({ allocations }: Plan): unknown =>
        allocations.map(({ namespace, addresses: list }) => [namespace, list]);
      same(given(forged), given(asked), `what ${addresses} comes to`);
    }
    const end = converge(network, forge(snapshot, oneEach[1] ?? '', true)).snapshot;
    const owners = new Map(
      plan(end, network.backend).allocations.flatMap(({ namespace, addresses, carried }) =>
        carried ? addresses.map((address) => [address, namespace] as const) : [],
      ),
    );
    const { allocated = '' } = end.namespaces.find(({ name }) => name === 'zz-forged') ?? {};
    for (const address of allocated.slice(allocated.indexOf('/') + 1).split(','))
      ensure(
        [undefined, 'zz-forged'].includes(owners.get(address)),
        `the record of zz-forged has ${address}, which carries traffic of ${owners.get(address) ?? ''}`,
      );
  };
}

/** A record of somebody who claims nothing keeps nothing from anybody, is cleared, and does not cool down. */
export function law11Unclaimed(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings);
    const all = Array.from({ length: 30 }, (_, index) => [`10.0.0.${index + 1}`, `10.0.1.${index + 1}`])
      .flat()
      .join();
    const { egressIPAM: _egressIPAM, ...idle } = aNamespace('zz-idle');
    const among = (...added: ClusterSnapshot['namespaces']): ClusterSnapshot => ({
      ...snapshot,
      namespaces: [...snapshot.namespaces, ...added].sort(byName),
    });
    const honest = aNamespace('zz-honest', 99);
    const forged = among(honest, { ...idle, allocated: `pool/${all}` });
    const given = (of: ClusterSnapshot): unknown => {
      const { allocations, waiting } = plan(of, network.backend);
      return [allocations, waiting];
    };
    same(given(forged), given(among(honest)), 'what others get');
    const end = converge(network, forged).snapshot;
    ensure(end.namespaces.find(({ name }) => name === 'zz-idle')?.allocated === undefined, 'the record stays');
    const remembered = end.egressIPAMs.flatMap(({ released = [] }) => released.map(({ namespace }) => namespace));
    ensure(!remembered.includes('zz-idle'), 'what was never given cools down');
  };
}

/** Who writes over the record of a namespace, by hand or from a backup, takes nothing from it. */
export function law11Overwritten(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot } = converge(network, live(network, initial, happenings).snapshot);
    const { allocations } = plan(snapshot, network.backend);
    for (const { namespace, addresses, egressIPAM } of allocations.filter(({ carried }) => carried)) {
      const others = allocations.flatMap((entry) => (entry.namespace === namespace ? [] : entry.addresses));
      const ofOthers = others.length === 0 ? [] : [others.slice(0, 2).join()];
      for (const never of ['198.51.100.9', '10.0.0.0', ...ofOthers]) {
        const allocated = `${egressIPAM}/${never}`;
        for (const written of [{ allocated }, { allocated, egressIPs: never }]) {
          const overwritten = snapshot.namespaces.map((entry) =>
            entry.name === namespace ? { ...entry, ...written } : entry,
          );
          const after = plan({ ...snapshot, namespaces: overwritten }, network.backend).allocations;
          const left = after.find((entry) => entry.namespace === namespace)?.addresses ?? [];
          for (const address of addresses)
            ensure(left.includes(address), `${namespace} loses ${address} to ${JSON.stringify(written)}`);
        }
      }
    }
  };
}

/** Carried is what is bound, and hosted on a node that is Ready; where nothing shows that, what has such a node. */
export function law12(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (snapshot, { allocations }) => {
        const idleOf = idleAddresses(network, snapshot);
        for (const allocation of allocations.filter(({ carried }) => carried)) {
          for (const address of idleOf(allocation))
            ensure(false, `${address} of ${allocation.namespace} is said to be carried`);
        }
      },
    });
  };
}
