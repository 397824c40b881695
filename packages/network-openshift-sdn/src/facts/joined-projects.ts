import { type Finding, type NetworkObstacle, type NetworkView } from '@egressip-ipam/core';
import { firstFew } from '@egressip-ipam/core/plugin';
import type { ParsedNetNamespace } from './parse-net-namespace.ts';

/** The network of all projects that were made global (`oc adm pod-network make-projects-global`). */
const globalNetwork = 0;

/** What joined projects mean for those that claim. */
export interface JoinedProjects {
  readonly obstacles: ReadonlyMap<string, NetworkObstacle>;
  readonly findings: readonly Finding[];
  /** Those of a network to more than one of whose projects addresses are bound: by which all leave is chance. */
  readonly uncertain: ReadonlySet<string>;
}

/**
 * OpenShift SDN binds by the number of a network. Projects joined to one number would all leave by each other's
 * addresses, so that none of several that claim can be served; where one alone claims, the others use its addresses.
 */
export function joinedProjects(groups: readonly (readonly ParsedNetNamespace[])[], view: NetworkView): JoinedProjects {
  const obstacles = new Map<string, NetworkObstacle>();
  const findings: Finding[] = [];
  const uncertain = new Set<string>();
  for (const group of groups) {
    if (group.filter(({ addresses }) => addresses.length > 0).length > 1)
      for (const { name } of group) uncertain.add(name);
    const claiming = group.filter(({ name }) => view.claimantOf(name) !== undefined);
    for (const { name, netid } of claiming) {
      const others = firstFew(group.filter((other) => other.name !== name).map((other) => other.name));
      if (netid === globalNetwork) obstacles.set(name, { code: 'JoinedNetwork', message: globalMessage(name) });
      else if (claiming.length > 1)
        obstacles.set(name, { code: 'JoinedNetwork', message: joinedMessage(name, netid, others) });
      else findings.push(sharing(name, netid, others));
    }
  }
  return { obstacles, findings, uncertain };
}

function globalMessage(name: string): string {
  return (
    `project ${name} is global (NETID 0), and OpenShift SDN binds egress addresses per NETID; ` +
    `isolate it (oc adm pod-network isolate-projects ${name})`
  );
}

function joinedMessage(name: string, netid: number | undefined, others: string): string {
  return (
    `project ${name} is joined with ${others} to one network (NETID ${netid}), and OpenShift SDN binds egress ` +
    'addresses ' +
    `per NETID; isolate it (oc adm pod-network isolate-projects ${name}), or let one of them claim alone`
  );
}

function sharing(name: string, netid: number | undefined, others: string): Finding {
  return {
    code: 'JoinedNetwork',
    severity: 'warning',
    object: { kind: 'Namespace', name },
    message:
      `project ${name} is joined with ${others} (NETID ${netid}), which leave by its addresses, too; ` +
      `isolate it (oc adm pod-network isolate-projects ${name})`,
  };
}

/** The NetNamespaces of each number that several have, and of the global one. */
export function groupByNetwork(
  netNamespaces: readonly ParsedNetNamespace[],
): readonly (readonly ParsedNetNamespace[])[] {
  const shared = sharedNumbers(netNamespaces);
  const groups = new Map<number, ParsedNetNamespace[]>();
  if (shared.size === 0) return [];
  for (const netNamespace of netNamespaces) {
    const { netid } = netNamespace;
    if (netid === undefined || !shared.has(netid)) continue;
    const group = groups.get(netid);
    if (group === undefined) groups.set(netid, [netNamespace]);
    else group.push(netNamespace);
  }
  return [...groups.values()];
}

function sharedNumbers(netNamespaces: readonly ParsedNetNamespace[]): ReadonlySet<number> {
  const seen = new NumbersSeen();
  const shared = new Set<number>();
  netNamespaces.forEach(({ netid }) => {
    if (netid !== undefined && (seen.add(netid) || netid === globalNetwork)) shared.add(netid);
  });
  return shared;
}

/** Numbers of networks, which have 24 bits: one bit per number costs less than an entry per namespace. */
class NumbersSeen {
  readonly #bits = new Uint8Array(2 ** 21);

  /** Notes a number, and says whether it was there. */
  add(number: number): boolean {
    const bits = this.#bits[number >> 3] ?? 0;
    this.#bits[number >> 3] = bits | (1 << (number & 7));
    return (bits & (1 << (number & 7))) !== 0;
  }
}
