import { check } from '../../check/check.ts';
import { isAllWell } from '../../check/all-well.ts';
import type { Plan, WaitingClaim } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import { byName } from '../../snapshot/compare-names.ts';
import type { ClusterSnapshot, NamespaceSnapshot } from '../../snapshot/snapshot.ts';
import { aNamespace } from '../builders.ts';
import { ensure, live, same } from './live.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** Every claim has addresses or waits, the counts agree with the lists, and neither a plan nor an audit hides it. */
export function law12Counted(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (snapshot, result) => {
        everyClaimIsSeen(snapshot, result);
        countsAgree(result);
        nothingIsHidden(network, snapshot, result);
      },
    });
  };
}

function everyClaimIsSeen({ namespaces, egressIPAMs }: ClusterSnapshot, { allocations, waiting }: Plan): void {
  const seen = new Set([...allocations, ...waiting].map(({ namespace }) => namespace));
  const deleting = new Set(egressIPAMs.flatMap(({ name, deletedAt }) => (deletedAt === undefined ? [] : [name])));
  for (const { name, egressIPAM } of namespaces)
    ensure(
      egressIPAM === undefined || deleting.has(egressIPAM) || seen.has(name),
      `${name} claims, and neither has addresses nor waits`,
    );
}

function countsAgree({ allocations, waiting, egressIPAMs }: Plan): void {
  for (const { name, ...counts } of egressIPAMs.filter(({ deleting }) => !deleting)) {
    const of = <Entry extends { readonly egressIPAM: string }>(list: readonly Entry[]): readonly Entry[] =>
      list.filter(({ egressIPAM }) => egressIPAM === name);
    const late = of(waiting);
    const kept = new Set(late.map(({ namespace }) => namespace));
    const whole = of(allocations).filter(({ namespace }) => !kept.has(namespace));
    same(
      [counts.claims, counts.served, counts.waiting, counts.refused, counts.carried],
      [
        whole.length + late.length,
        whole.length,
        late.length,
        late.filter(({ mender }) => mender === 'owner').length,
        of(allocations).filter(({ carried }) => carried).length,
      ],
      `what is counted of EgressIPAM ${name}`,
    );
  }
}

function nothingIsHidden({ backend }: NetworkUnderTest, snapshot: ClusterSnapshot, result: Plan): void {
  const lost = result.allocations.filter(({ carried }) => !carried).map(({ namespace }) => namespace);
  const late = result.waiting.map(({ namespace }) => namespace);
  const { problems } = check(snapshot, backend, result);
  const said = new Set(problems.map(({ object }) => `${object.kind}/${object.name}`));
  for (const name of [...lost, ...late]) {
    ensure(said.has(`Namespace/${name}`), `an audit says nothing of ${name}`);
    ensure(!isAllWell(result), `all is called well beside ${name}`);
  }
}

/** What an owner mistyped alarms nobody else: neither other claims nor what is counted as waiting for the cluster. */
export function law12Mistyped(network: NetworkUnderTest): Check {
  const mistypes = ['10.0.0.300,,nonsense', '198.51.100.9', '10.0.0.7,10.0.0.7', '10.0.0.0'];
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings);
    const before = plan(snapshot, network.backend);
    const isGiving = isOpen(snapshot, 'pool');
    for (const egressIPs of mistypes) {
      const after = plan(withNamespace(network, snapshot, aNamespace('zz-typo', 99, { egressIPs })), network.backend);
      const others = ({ allocations, waiting }: Plan): unknown => [
        allocations.filter(({ namespace }) => namespace !== 'zz-typo'),
        waiting.filter(({ namespace }) => namespace !== 'zz-typo'),
      ];
      same(others(after), others(before), `what others have beside ${egressIPs}`);
      if (!isGiving) continue;
      const own = after.waiting.find(({ namespace }) => namespace === 'zz-typo');
      ensure(own?.mender === 'owner', `${egressIPs} waits for ${own?.reason.code ?? 'nothing'}`);
      same(unwell(after), unwell(before), `what keeps EgressIPAMs from being ready beside ${egressIPs}`);
    }
  };
}

/** What a claim without fault waits for is never its owner's to mend, whatever is away. */
export function law12Faultless(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    live(network, initial, happenings, {
      planned: (snapshot, { waiting }) => {
        const wrote = new Map(snapshot.namespaces.map(({ name, egressIPs }) => [name, egressIPs !== undefined]));
        for (const { namespace, mender, reason } of waiting.filter((entry) => mendedByOwner(entry)))
          ensure(
            wrote.get(namespace) === true,
            `${namespace} wrote nothing, and is told to mend ${reason.code} (${mender})`,
          );
      },
    });
    const { snapshot } = live(network, initial, happenings);
    const asked = askFor(network, snapshot);
    if (asked === undefined) return;
    for (const [what, worse] of Object.entries(withoutMeans(asked))) {
      const own = plan(worse, network.backend).waiting.find(({ namespace }) => namespace === 'zz-asks');
      ensure(
        own?.mender === 'cluster',
        `${what}, a good wish is told ${own === undefined ? 'nothing' : `${own.reason.code}: ${own.reason.message}`}`,
      );
    }
  };
}

/** The cluster with one more namespace whose wish is granted, if there is any such wish. */
function askFor(network: NetworkUnderTest, snapshot: ClusterSnapshot): ClusterSnapshot | undefined {
  const fresh = plan(withNamespace(network, snapshot, aNamespace('zz-asks', 99)), network.backend);
  const addresses = fresh.allocations.find(({ namespace }) => namespace === 'zz-asks')?.addresses;
  if (addresses === undefined) return undefined;
  const asked = withNamespace(network, snapshot, aNamespace('zz-asks', 99, { egressIPs: addresses.join() }));
  const isGranted = plan(asked, network.backend).allocations.some(({ namespace }) => namespace === 'zz-asks');
  return isGranted ? asked : undefined;
}

/** The same cluster, each time without something that only whoever looks after it can bring. */
export function withoutMeans(snapshot: ClusterSnapshot): Readonly<Record<string, ClusterSnapshot>> {
  const { observation: _observation, ...provider } = snapshot.provider;
  return {
    'while every node is down': { ...snapshot, nodes: snapshot.nodes.map((node) => ({ ...node, ready: false })) },
    'while every node is cordoned': {
      ...snapshot,
      nodes: snapshot.nodes.map((node) => ({ ...node, unschedulable: true })),
    },
    'while there are no nodes': { ...snapshot, nodes: [] },
    'while no node has the label': { ...snapshot, nodes: snapshot.nodes.map((node) => ({ ...node, labels: {} })) },
    'while something is still to be read': { ...snapshot, unsynced: ['Node'] },
    'while the provider does not answer': { ...snapshot, provider: { ...provider, observationRequired: true } },
  };
}

function withNamespace(
  { backend }: NetworkUnderTest,
  snapshot: ClusterSnapshot,
  namespace: NamespaceSnapshot,
): ClusterSnapshot {
  const { objects } = snapshot.network;
  const provisioned = backend.provision?.(objects, { nodes: [], namespaces: [namespace.name] }) ?? objects;
  return {
    ...snapshot,
    namespaces: [...snapshot.namespaces, namespace].sort(byName),
    network: { ...snapshot.network, objects: provisioned },
  };
}

function isOpen({ egressIPAMs }: ClusterSnapshot, pool: string): boolean {
  return egressIPAMs.some(
    ({ name, deletedAt, cidrAssignments }) =>
      name === pool && deletedAt === undefined && cidrAssignments.some(({ drain }) => drain !== true),
  );
}

function mendedByOwner({ mender, reason }: WaitingClaim): boolean {
  return mender === 'owner' && reason.code !== 'EgressIPAMNotFound';
}

/** What keeps EgressIPAMs from being ready: addresses that carry nothing, and claims that wait for the cluster. */
function unwell({ allocations, waiting }: Plan): unknown {
  return [
    allocations.filter(({ carried }) => !carried).map(({ namespace }) => namespace),
    waiting.filter(({ mender }) => mender === 'cluster').map(({ namespace, reason }) => [namespace, reason.code]),
  ];
}
