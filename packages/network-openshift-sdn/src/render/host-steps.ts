import {
  cidrContains,
  formatAddress,
  type Address,
  type EgressIPAMDecision,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
} from '@egressip-ipam/core';
import { afterStep } from '@egressip-ipam/core/plugin';
import type { OpenShiftSdnFacts } from '../facts/read-facts.ts';
import { formatHostedIPs } from '../facts/hosted-ips.ts';
import type { HostPayload } from '../write/payload.ts';
import type { Unbinding } from './binding-changes.ts';
import { changeOf, isAsPlaced, withAdditions, type HostChange } from './host-change.ts';
import { firstHostId } from './host-id.ts';
import { hostWritesOf, type HostOrder, type HostWrite } from './host-writes.ts';
import type { NodeCidrs } from './node-cidrs.ts';
import { Placements } from './placements.ts';
import { RecordedOwners } from './recorded-owners.ts';

/** The writes of HostSubnets, and what they mean for those who wait for them. */
export interface HostPlan {
  readonly steps: readonly NetworkStep[];
  /** The step that hosts an address on the node it is placed on; undefined where it is hosted there. */
  readonly hostingOf: (address: Address) => string | undefined;
}

/** Plans the writes of HostSubnets: at most one that may start now, and those that wait. */
export function planHosts(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  view: NetworkView,
  cidrs: NodeCidrs,
  unbinding: Unbinding,
): HostPlan {
  const changes = hostChanges(decisions, facts, view, cidrs);
  const order = orderOf(decisions, facts, unbinding, changes);
  const owners = new RecordedOwners(decisions, facts);
  const deleting = decisions.egressIPAMs.filter((egressIPAM) => egressIPAM.deleting);
  const hosting = new Map<Address, string>();
  const steps: NetworkStep[] = [];
  for (const change of changes) {
    for (const write of hostWritesOf(change, cidrs, order)) {
      for (const address of write.added) hosting.set(address, write.id);
      const ending = deleting.length === 0 ? undefined : endingEgressIPAM(deleting, decisions, change, write);
      steps.push(hostStep(change, write, owners, ending));
    }
  }
  return { steps, hostingOf: (address) => hosting.get(address) };
}

function hostChanges(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  view: NetworkView,
  cidrs: NodeCidrs,
): readonly HostChange[] {
  const placements = new Placements(decisions, facts);
  const changes: HostChange[] = [];
  for (const hostSubnet of facts.hosts) {
    const { name, others } = hostSubnet;
    if (others !== undefined) continue;
    const additions = placements.additionsOn(name);
    const hasAllItShould = cidrs.wantedOn(name).length === 0 && isAsPlaced(hostSubnet, placements);
    if (!hasAllItShould) changes.push(changeOf(decisions, hostSubnet, additions, cidrs, view.platform.attaches));
    else if (additions.length > 0) changes.push(withAdditions(hostSubnet, additions));
  }
  return changes;
}

function orderOf(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  unbinding: Unbinding,
  changes: readonly HostChange[],
): HostOrder {
  const { order } = decisions;
  const movingFrom = new Set(
    changes.filter(({ moving }) => moving.length > 0).map(({ hostSubnet }) => hostSubnet.name),
  );
  return {
    beforeHosting: (address, node) => [
      ...order.beforeHosting(address),
      ...otherHostsOf(decisions, facts, address, node).map((other) => afterLeaving(other, movingFrom)),
    ],
    beforeUnhosting: (address) => {
      const unbind = unbinding.stepOf(address);
      return [...(unbind === undefined ? [] : [afterStep(unbind)]), ...order.beforeForgetting(address)];
    },
    unbindingIn: (cidr) => unbinding.stepsOf((address) => cidrContains(cidr, address)).map(afterStep),
  };
}

/** Other nodes that host an address, or may: it has to be off them first (law 1). */
function otherHostsOf(
  decisions: NetworkDecisions,
  facts: OpenShiftSdnFacts,
  address: Address,
  node: string,
): readonly string[] {
  if (decisions.isHostedTwice(address)) {
    const isHost = ({ hosted }: OpenShiftSdnFacts['hosts'][number]): boolean =>
      [...hosted].some((entry) => entry.address === address && entry.state !== 'recorded');
    return facts.hosts.filter((hostSubnet) => hostSubnet.name !== node && isHost(hostSubnet)).map(({ name }) => name);
  }
  const host = decisions.hostOf(address);
  return host === undefined || host === node ? [] : [host];
}

/** What moves leaves by the first write of its HostSubnet; where there is none, it is somebody else's to take off. */
function afterLeaving(node: string, movingFrom: ReadonlySet<string>): Precondition {
  if (movingFrom.has(node)) return afterStep(firstHostId(node));
  return { kind: 'observed', object: { kind: 'HostSubnet', name: node }, state: 'read' };
}

function hostStep(
  { hostSubnet }: HostChange,
  write: HostWrite,
  owners: RecordedOwners,
  ending: EgressIPAMDecision | undefined,
): NetworkStep {
  const { egressIPs, hosted, cidrs } = write.target;
  const texts = egressIPs.map(formatAddress);
  const record = hosted.map((address, position) => {
    // Mostly all that it hosts is ours, in the same order.
    const text = egressIPs[position] === address ? texts[position] : undefined;
    return [text ?? formatAddress(address), owners.of(address)] as const;
  });
  const payload: HostPayload = {
    write: 'host',
    ...(write.writesAddresses ? { egressIPs: texts } : {}),
    ...(write.writesCidrs ? { egressCIDRs: cidrs.all } : {}),
    hostedIPs: record.length === 0 ? null : formatHostedIPs(record),
    hostedCIDRs: cidrs.ours.length === 0 ? null : cidrs.ours.join(','),
  };
  return {
    kind: 'network',
    action: 'host',
    id: write.id,
    object: hostSubnet.object,
    node: hostSubnet.name,
    effects: {
      ...(write.added.length > 0 ? { hosted: write.added.map(formatAddress) } : {}),
      ...(write.removed.length > 0 ? { unhosted: write.removed.map(formatAddress) } : {}),
    },
    after: write.after,
    payload,
    // The SDN puts addresses on nodes by these.
    ...(write.writesCidrs && cidrs.all.some((cidr) => !hostSubnet.egressCIDRs.includes(cidr)) ? { carries: true } : {}),
    ...(ending === undefined ? {} : { egressIPAM: ending.name }),
  };
}

/** An EgressIPAM on its way out that a write belongs to. */
function endingEgressIPAM(
  deleting: readonly EgressIPAMDecision[],
  decisions: NetworkDecisions,
  { hostSubnet, moving, leaving }: HostChange,
  write: HostWrite,
): EgressIPAMDecision | undefined {
  const dropped = hostSubnet.recorded.filter((address) => !write.target.hosted.includes(address));
  if (write.removed.length === 0 && dropped.length === 0 && !write.writesCidrs) return undefined;
  const going = [...leaving, ...moving, ...dropped];
  return deleting.find(
    (egressIPAM) =>
      going.some((address) => decisions.assignmentOf(egressIPAM, address) !== undefined) ||
      egressIPAM.assignments.some(({ cidr }) => hostSubnet.egressCIDRs.includes(cidr.text)),
  );
}
