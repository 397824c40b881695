import { formatAddress } from '../address/address.ts';
import type { Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import { compileSelector } from '../snapshot/label-selector.ts';
import { nameFor } from './ovn-kubernetes.ts';

/** What the network made of each claim, and what stands in its way. */
export function reportAssignments(world: World): void {
  const foreign = world.snapshot.egressIPs
    .filter((egressIP) => world.isForeign(egressIP))
    .flatMap((egressIP) => {
      const compiled = compileSelector(egressIP.source.namespaceSelector);
      return compiled.ok ? [{ name: egressIP.name, matches: compiled.matches }] : [];
    });
  for (const claim of world.claims) {
    if (claim.release !== undefined || claim.addresses.length === 0) continue;
    reportOverlap(world, claim, foreign);
    reportAssignment(world, claim);
  }
}

function reportOverlap(world: World, claim: Claim, foreign: readonly { readonly name: string; readonly matches: (labels: Readonly<Record<string, string>>) => boolean }[]): void {
  const labels = { 'kubernetes.io/metadata.name': claim.namespace.name, ...claim.namespace.source.labels };
  const own = nameFor(world, claim);
  const overlapping = foreign.filter((egressIP) => egressIP.name !== own && egressIP.matches(labels)).map(({ name }) => name);
  if (overlapping.length === 0) return;
  world.reportNamespace(claim.namespace, {
    code: 'OverlappingEgressIP',
    severity: 'warning',
    message: `EgressIP ${overlapping.slice(0, 3).join(', ')} selects this namespace too; which of the two its pods use is undefined. Narrow or delete it`,
  });
}

function reportAssignment(world: World, claim: Claim): void {
  const existing = world.egressIPOf[claim.namespaceIndex];
  if (existing === undefined) return;
  const missing = claim.addresses.filter((address) => !existing.assigned.some((entry) => entry.address === address));
  if (missing.length === 0) return;
  const list = missing.map(formatAddress).join(', ');
  const said = world.snapshot.cloudPrivateIPConfigs.filter(({ address, source }) => address !== undefined && missing.includes(address) && source.assigned === 'False');
  const cloud = said.length === 0 ? '' : ` (the cloud says: ${said.map(({ source }) => source.message ?? source.reason ?? 'no').join('; ')})`;
  if (missing.length === claim.addresses.length) {
    world.reportNamespace(
      claim.namespace,
      { code: 'Unassigned', severity: 'error', message: `no node carries ${list} yet${cloud}: until one does, traffic leaves with the address of whatever node a pod runs on` },
      missing,
    );
    return;
  }
  world.reportNamespace(claim.namespace, { code: 'PartiallyAssigned', severity: 'warning', message: `no node carries ${list} yet${cloud}; the other addresses carry the traffic` }, missing);
}

/** Where the network cannot be told which nodes to use, topology values hold only if each has subnets of its own. */
export function reportTopology(world: World): void {
  const { network } = world.snapshot.source;
  if (network.kind !== 'ovn-kubernetes' || network.egressNodeSelector === true) return;
  world.snapshot.egressIPAMs.forEach((egressIPAM, index) => {
    const shared = egressIPAM.assignments.find((assignment) =>
      egressIPAM.assignments.some((other, position) => {
        if (other.labelValue === assignment.labelValue) return false;
        const group = world.nodes.groups[index]?.[position];
        return group?.selected.some((node) => world.nodes.canHost(node, assignment.cidr.first) || world.nodes.canHost(node, assignment.cidr.last)) === true;
      }),
    );
    if (shared === undefined) return;
    world.findings.push({
      code: 'TopologyNotEnforceable',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${shared.index}]`,
      message: `nodes with another ${egressIPAM.source.topologyLabel} than "${shared.labelValue}" are in the subnet of ${shared.cidr.text} too, and OVN-Kubernetes may place its addresses there; it cannot be told otherwise in this version`,
    });
  });
}

