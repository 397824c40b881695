import { cidrContains, parseAddress, parseCidr } from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import { Reflector, ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import { countCarried, saysOfCarried, type Carried } from './carried.ts';
import {
  addressesIn,
  itemsOf,
  openshiftSdn,
  readEgressIP,
  texts,
  type ObservedNetwork,
  type ObservedState,
} from './observed-networks.ts';
import { egressIPAMs, namespaces, nodes } from './resources.ts';

const prefix = 'egressip-ipam-operator.redhat-cop.io';

/** Versions of a kind that were never seen, because its watch broke: `after` < version ≤ `to`. */
interface Gap {
  readonly kind: string;
  readonly after: number;
  readonly to: number;
}

interface Change {
  readonly kind: string;
  readonly name: string;
  readonly version: number;
  /** When it was seen, in milliseconds. */
  readonly seenAt: number;
  /** Undefined when the object was deleted. */
  readonly object: KubernetesObject | undefined;
}

/** Watches everything that the laws are about, and tells which moments broke one. */
export interface LawObserver {
  /**
   * Violations in all moments so far, in the order in which the server saw them; watches of several kinds may lag, so
   * one that stays is one.
   */
  violations(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Watches a cluster, of OpenShift SDN if nothing else is said. Versions order the changes of all kinds, as the server
 * made them.
 */
export async function observeLaws(rest: RestClient, network: ObservedNetwork = openshiftSdn): Promise<LawObserver> {
  const changes: Change[] = [];
  const gaps: Gap[] = [];
  const reflectors = [namespaces, nodes, ...network.resources, egressIPAMs].map((resource: Resource) => {
    let newest = 0;
    let seenUntil: number | undefined;
    const note = (name: string, version: number, object: KubernetesObject | undefined): void => {
      newest = Math.max(newest, version);
      changes.push({ kind: resource.kind, name, version, seenAt: performance.now(), object });
    };
    const reflector = new Reflector<string>({
      client: new ResourceClient(rest, resource),
      consistency: 'latest',
      project: (object) => (
        note(object.metadata.name, Number(object.metadata.resourceVersion), object),
        object.metadata.name
      ),
      onWatchEnd: () => void (seenUntil = Number(reflector.store.resourceVersion)),
      onListed: () =>
        void (
          seenUntil !== undefined &&
          gaps.push({ kind: resource.kind, after: seenUntil, to: Number(reflector.store.resourceVersion) })
        ),
      onChange: (change) =>
        change.type === 'deleted' && note(change.key, Number(change.resourceVersion ?? newest), undefined),
    });
    reflector.start();
    return reflector;
  });
  await Promise.all(reflectors.map((reflector) => reflector.whenSynced()));
  return {
    violations: () =>
      replay(
        [...changes].sort((a, b) => a.version - b.version),
        gaps,
        network,
      ),
    stop: async () => void (await Promise.all(reflectors.map((reflector) => reflector.stop()))),
  };
}

/** What was carried until another moment. */
interface Moment {
  readonly carried: ReadonlyMap<string, Carried>;
  readonly until: number;
}

const nothing: Carried = { claims: 0, carried: 0 };
/** A status is written once it is quiet, and says what was so a moment before: so long at the most. */
const longestBehind = 10_000;

function replay(changes: readonly Change[], gaps: readonly Gap[], { carriersIn }: ObservedNetwork): readonly string[] {
  const state: ObservedState = {
    Namespace: new Map<string, KubernetesObject>(),
    Node: new Map<string, KubernetesObject>(),
    HostSubnet: new Map<string, KubernetesObject>(),
    NetNamespace: new Map<string, KubernetesObject>(),
    EgressIP: new Map<string, KubernetesObject>(),
    Egress: new Map<string, KubernetesObject>(),
    CiliumEgressGatewayPolicy: new Map<string, KubernetesObject>(),
    EgressNode: new Map<string, KubernetesObject>(),
    EgressIPAM: new Map<string, KubernetesObject>(),
  };
  const moments: Moment[] = [];
  let carried = countCarried(state, carriersIn(state));
  const violations: string[] = [];
  const promised = new Set<string>();
  for (const { kind, name, version, seenAt, object } of changes) {
    const objects = state[kind as keyof ObservedState];
    const before = objects.get(name);
    if (object === undefined) objects.delete(name);
    else objects.set(name, object);
    // While one kind was not seen, what is known of it is of another moment.
    const isDark = gaps.some(({ after, to }) => version > after && version <= to);
    const say = (text: string): void => void (isDark || violations.push(`at version ${version}: ${text}`));
    const hosts = addressesIn(state.HostSubnet, ({ egressIPs }) => texts(egressIPs));
    if (kind === 'EgressIPAM') {
      const was = [...moments.filter((moment) => seenAt - moment.until <= longestBehind), { carried, until: seenAt }];
      for (const text of saysOfCarried(
        before,
        object,
        was.map((moment) => moment.carried.get(name) ?? nothing),
      ))
        say(`EgressIPAM ${name}: ${text} (law 12)`);
    } else {
      moments.push({ carried, until: seenAt });
      carried = countCarried(state, carriersIn(state));
    }
    if (kind === 'HostSubnet')
      for (const [address, on] of hosts) if (on.length > 1) say(`${address} is on ${on.join(' and ')} (law 1)`);
    if (kind === 'Namespace') {
      for (const [address, by] of addressesIn(state.Namespace, ({ metadata }) =>
        (metadata.annotations?.[`${prefix}/allocated`]?.split('/')[1] ?? '').split(',').filter(Boolean),
      ))
        if (by.length > 1) say(`${address} belongs to ${by.join(' and ')} (law 1)`);
      const [was, is] = [before, object].map((entry) => entry?.metadata.annotations?.[`${prefix}/allocated`]);
      // An address that never carried traffic is not promised yet: the cloud may have refused it.
      const isPromised =
        was
          ?.split('/')[1]
          ?.split(',')
          .some((address) => is?.split(/[/,]/).includes(address) !== true && promised.has(`${name}/${address}`)) ===
        true;
      const [poolBefore, pool] = [was, is].map((record) => record?.split('/')[0]);
      // Who names another EgressIPAM asks for its addresses, and goes over to them in one write; or it asked for just
      // these.
      const hasAsked =
        (poolBefore !== pool && object?.metadata.annotations?.[`${prefix}/egressipam`] === pool) ||
        (is !== undefined && before?.metadata.annotations?.[`${prefix}/egressips`] === is.slice(is.indexOf('/') + 1));
      if (
        was !== undefined &&
        is !== undefined &&
        !hasAsked &&
        (isPromised || poolBefore !== pool) &&
        before?.metadata.uid === object?.metadata.uid
      )
        say(`${name} had ${was} and has ${is} (law 2)`);
    }
    if (kind === 'NetNamespace') {
      for (const [address, by] of addressesIn(state.NetNamespace, ({ egressIPs }) => texts(egressIPs)))
        if (by.length > 1) say(`${address} is bound to ${by.join(' and ')} (law 1)`);
      const known = texts(before?.['egressIPs']);
      for (const address of texts(object?.['egressIPs'])) promised.add(`${name}/${address}`);
      // With egressCIDRs the SDN places an address when it is bound: then a node has to have its CIDR.
      const isPlaceable = (address: string): boolean =>
        [...state.HostSubnet.values()].some(({ egressCIDRs }) =>
          texts(egressCIDRs).some((cidr) => isIn(cidr, address)),
        );
      for (const address of texts(object?.['egressIPs']))
        if (!known.includes(address) && !hosts.has(address) && !isPlaceable(address))
          say(`${address} is bound to ${name} and on no node (law 7)`);
    }
    if (kind === 'Egress') {
      for (const [address, by] of addressesIn(state.Egress, (entry) => texts([readEgressIP(entry).spec['egressIP']])))
        if (by.length > 1) say(`${address} is wanted by ${by.join(' and ')} (law 1)`);
      const { status, spec } = readEgressIP(object ?? { metadata: { name } });
      const isShown = typeof status['egressNode'] === 'string' && status['egressIP'] === spec['egressIP'];
      if (isShown) promised.add(`${name.split('.')[1]}/${String(spec['egressIP'])}`);
    }
    if (kind === 'CiliumEgressGatewayPolicy') {
      const wanted = (policy: KubernetesObject): readonly string[] =>
        texts([asRecord(readEgressIP(policy).spec['egressGateway'])['egressIP']]);
      for (const [address, by] of addressesIn(state.CiliumEgressGatewayPolicy, wanted))
        if (address !== '' && by.length > 1) say(`${address} is wanted by ${by.join(' and ')} (law 1)`);
    }
    if (kind === 'EgressIP') {
      for (const [address, by] of addressesIn(state.EgressIP, (entry) => texts(readEgressIP(entry).spec['egressIPs'])))
        if (by.length > 1) say(`${address} is wanted by ${by.join(' and ')} (law 1)`);
      const items = itemsOf(readEgressIP(object ?? { metadata: { name } }).status);
      for (const { egressIP, node } of items) {
        promised.add(`${name.replace(/^egressip-/, '')}/${egressIP}`);
        if (items.some((item) => item.egressIP === egressIP && item.node !== node))
          say(`${egressIP} is on several nodes (law 1)`);
        if (items.some((item) => item.egressIP !== egressIP && item.node === node))
          say(`${node} has several addresses of ${name} (law 3)`);
      }
    }
  }
  return violations;
}

function isIn(cidr: string, address: string): boolean {
  const [parsed, inside] = [parseCidr(cidr)?.cidr, parseAddress(address)];
  return parsed !== undefined && inside !== undefined && cidrContains(parsed, inside);
}
