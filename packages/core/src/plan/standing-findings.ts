import { formatAddress, parseAddress, type Address } from '../address/address.ts';
import { cidrsOverlap } from '../address/cidr.ts';
import { AddressFlag } from '../allocate/address-table.ts';
import { assignmentOf, type Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import { compareNames } from '../parse/memo.ts';
import { groupOf, placementMode } from '../place/place-kept.ts';

/** Reports what stands, apart from what claims asked for: objects that do not parse, overlaps, and what no longer fits. */
export function reportStanding(world: World): void {
  const { snapshot } = world;
  for (const egressIPAM of snapshot.egressIPAMs) world.findings.push(...egressIPAM.findings);
  world.findings.push(...world.nodes.findings);
  for (const node of snapshot.nodes) if (node.findings.length > 0) world.findings.push(...node.findings);
  reportOverlappingCidrs(world);
  reportEmptyGroups(world);
  reportProvider(world);
  reportFailures(world);
  reportContested(world);
  reportClaims(world);
  reportForeignHosts(world);
}

function reportOverlappingCidrs(world: World): void {
  const all = world.snapshot.egressIPAMs
    .flatMap((egressIPAM) => egressIPAM.assignments.map((assignment) => ({ egressIPAM, assignment })))
    .sort((a, b) => a.egressIPAM.createdAt - b.egressIPAM.createdAt || compareNames(a.egressIPAM.name, b.egressIPAM.name) || a.assignment.index - b.assignment.index);
  all.forEach(({ egressIPAM, assignment }, position) => {
    const older = all.slice(0, position).find((other) => cidrsOverlap(other.assignment.cidr, assignment.cidr));
    if (older === undefined) return;
    world.findings.push({
      code: 'OverlappingCIDR',
      severity: 'warning',
      object: { kind: 'EgressIPAM', name: egressIPAM.name },
      field: `spec.cidrAssignments[${assignment.index}].CIDR`,
      message: `${assignment.cidr.text} overlaps ${older.assignment.cidr.text} of EgressIPAM ${older.egressIPAM.name}; no address is given out twice, but usage is shared. Separate the two`,
    });
  });
}

function reportEmptyGroups(world: World): void {
  world.snapshot.egressIPAMs.forEach((egressIPAM, index) => {
    if (egressIPAM.deleting) return;
    egressIPAM.assignments.forEach((assignment, position) => {
      const group = world.nodes.groups[index]?.[position];
      const where = `${egressIPAM.source.topologyLabel}=${assignment.labelValue}`;
      const base = { severity: 'warning', object: { kind: 'EgressIPAM', name: egressIPAM.name }, field: `spec.cidrAssignments[${assignment.index}]` } as const;
      if (assignment.cidr.family === 6 && world.snapshot.source.network.kind === 'openshift-sdn') {
        world.findings.push({ ...base, code: 'CIDRNotHostable', message: `OpenShift SDN carries IPv4 alone, so ${assignment.cidr.text} can never be served; remove the entry` });
      } else if (group === undefined || group.selected.length === 0) {
        world.findings.push({ ...base, code: 'NoNodes', message: `no node has ${where}, so ${assignment.cidr.text} cannot be served; label nodes or correct labelValue` });
      } else if (group.candidates.length > 0 && group.hostable.length === 0) {
        world.findings.push({ ...base, code: 'CIDRNotHostable', message: `${assignment.cidr.text} lies in the subnet of none of its nodes, so it can never be served; correct the CIDR` });
      }
    });
  });
}

function reportProvider(world: World): void {
  const { observation } = world.snapshot;
  if (observation === undefined) return;
  for (const [name, observed] of observation.nodes) {
    if (observed.error === undefined || (world.nodes.egressIPAMOf[world.nodes.indexOf(name)] ?? -1) === -1) continue;
    world.findings.push({ code: 'ProviderError', severity: 'warning', object: { kind: 'Node', name }, message: observed.error.message });
  }
  for (const observed of observation.cidrs.values()) {
    if (observed.error === undefined) continue;
    world.findings.push({ code: 'ProviderError', severity: 'error', object: { kind: 'Provider', name: world.snapshot.source.provider.name }, message: `${observed.cidr.text}: ${observed.error.message}` });
  }
}

/** What the provider refused, told to the namespace that waits for it. */
function reportFailures(world: World): void {
  for (const { change, address: text, node, error } of world.snapshot.source.provider.failures ?? []) {
    const address = parseAddress(text);
    const namespace = address === undefined ? undefined : world.snapshot.namespaces.at(world.ownerOf(address));
    const message = `${change} of ${text} (node ${node}) failed and is tried again: ${error.message}`;
    if (namespace !== undefined && address !== undefined) world.reportNamespace(namespace, { code: 'AttachmentFailed', severity: 'error', message }, [address]);
    else world.findings.push({ code: 'AttachmentFailed', severity: 'warning', object: { kind: 'Node', name: node }, message, addresses: [text] });
  }
}

/** Addresses that were promised and that something else has too: kept (law 2), and said. */
function reportContested(world: World): void {
  for (const { claim, address } of world.contested) {
    const egressIPAM = world.egressIPAMOf(claim);
    const assignment = egressIPAM === undefined ? undefined : assignmentOf(egressIPAM, address);
    const reservation = assignment === undefined ? undefined : world.users.reservation(assignment, address);
    const text = formatAddress(address);
    if (reservation !== undefined) {
      world.reportNamespace(claim.namespace, { code: 'AddressReserved', severity: 'warning', message: `${text} stays with the namespace, though ${reservation}; release it or lift the reservation` }, [address]);
      continue;
    }
    const slot = world.addresses.slotOf(address);
    // On OpenShift SDN what a node hosts is nobody else's; OVN-Kubernetes takes one address in several EgressIPs.
    const isOnNode = world.addresses.hostedOn[slot] !== 0 || (world.addresses.attachedOn[slot] ?? 0) !== 0;
    if (isOnNode && world.snapshot.source.network.kind === 'openshift-sdn') continue;
    const user = world.users.of(address) ?? 'someone else';
    world.reportNamespace(claim.namespace, { code: 'AddressConflict', severity: 'error', message: `${text} belongs to the namespace, but ${user} uses it too; free it there` }, [address]);
  }
}

function reportClaims(world: World): void {
  for (const claim of world.claims) {
    if (claim.release !== undefined || claim.egressIPAM === -1) continue;
    const explicit = placementMode(world, claim.egressIPAM) === 'explicit';
    for (const address of claim.addresses) {
      const slot = world.addresses.slotOf(address);
      const { flags, placedOn, hostedOn } = world.addresses;
      const group = groupOf(world, claim.egressIPAM, address);
      if (group === undefined) reportOutOfPool(world, claim, formatAddress(address));
      reportConflicts(world, claim, address, (flags[slot] ?? 0) & AddressFlag.boundByOthers);
      const node = (placedOn[slot] ?? 0) - 1;
      if (explicit && (node === -1 || (group !== undefined && group.isEligible[node] !== 1))) {
        const where = node === -1 ? 'no node can carry it now' : `node ${world.nodes.nameOf(node)} is not ready and no other node can take it`;
        world.reportNamespace(claim.namespace, { code: 'AddressNotPlaced', severity: 'error', message: `${formatAddress(address)}: ${where}; it waits for a node of its CIDR assignment` }, [address]);
      } else if (!explicit && hostedOn[slot] === 0 && (group?.candidates.length ?? 0) === 0) {
        world.reportNamespace(claim.namespace, { code: 'AddressNotPlaced', severity: 'error', message: `${formatAddress(address)}: no node of its CIDR assignment is ready; it waits for one` }, [address]);
      }
    }
  }
}

function reportConflicts(world: World, claim: Claim, address: Address, boundByOthers: number): void {
  const report = (message: string): unknown => world.reportNamespace(claim.namespace, { code: 'AddressConflict', severity: 'error', message }, [address]);
  if (boundByOthers !== 0) report(`${formatAddress(address)} is bound to another namespace's traffic too, and the network serves neither; unbind it there`);
  if (world.snapshot.source.provider.attach && world.refusedAddresses.has(address)) {
    report(`${formatAddress(address)} belongs to the namespace, but ${world.users.inCloud(address) ?? 'someone else'} has it in the cloud; free it there`);
  }
}

function reportOutOfPool(world: World, claim: Claim, text: string): void {
  const egressIPAM = world.egressIPAMOf(claim);
  if (egressIPAM === undefined) return;
  world.reportNamespace(claim.namespace, {
    code: 'AddressOutOfPool',
    severity: 'warning',
    message: `${text} stays with the namespace, though EgressIPAM ${egressIPAM.name} has no CIDR with it any more; put its CIDR back, or remove the address from the annotation`,
  });
}

/** Addresses in our CIDRs on HostSubnets that nobody in our care has: in use, and left alone (law 5). */
function reportForeignHosts(world: World): void {
  if (world.snapshot.source.network.kind !== 'openshift-sdn') return;
  for (const hostSubnet of world.snapshot.hostSubnets) {
    if (hostSubnet.egressIPs.length === 0 || hostSubnet.egressCIDRs.length > 0 || hostSubnet.recorded === hostSubnet.egressIPs) continue;
    for (const address of hostSubnet.egressIPs) {
      const slot = world.addresses.slotOf(address);
      if (world.addresses.owner[slot] !== 0 || ((world.addresses.flags[slot] ?? 0) & (AddressFlag.recorded | AddressFlag.releasing)) !== 0) continue;
      if (!world.snapshot.egressIPAMs.some((egressIPAM) => assignmentOf(egressIPAM, address) !== undefined)) continue;
      world.findings.push({
        code: 'ForeignHostedAddress',
        severity: 'info',
        object: { kind: 'HostSubnet', name: hostSubnet.name },
        message: `${formatAddress(address)} was not put there by this operator; it counts as in use and stays`,
        addresses: [formatAddress(address)],
      });
    }
  }
}
