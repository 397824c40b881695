import { parseCidr, type Cidr } from '../address/cidr.ts';
import type { World } from '../allocate/world.ts';
import type { ParsedHostSubnet } from '../parse/parse-network-objects.ts';
import { placementMode } from '../place/place-kept.ts';

/** The CIDRs that OpenShift SDN shall place addresses of on a node. */
export function wantedCidrs(world: World, node: number): readonly string[] {
  const egressIPAM = world.nodes.egressIPAMOf[node] ?? -1;
  const parsed = world.snapshot.egressIPAMs[egressIPAM];
  if (parsed === undefined || parsed.deleting || placementMode(world, egressIPAM) !== 'by-cidr') return [];
  const own = parsed.assignments.filter((_, index) => world.nodes.groups[egressIPAM]?.[index]?.isSelected[node] === 1).map((assignment) => assignment.cidr.text);
  return own.length === 0 ? own : [...own, ...(world.keptCidrs.get(egressIPAM) ?? [])];
}

/** CIDRs on a HostSubnet that this project, or the original for the same EgressIPAM, put there. */
export function ownCidrs(world: World, hostSubnet: ParsedHostSubnet, node: number): readonly string[] {
  const egressIPAM = world.snapshot.egressIPAMs[world.nodes.egressIPAMOf[node] ?? -1];
  const known = new Set([...hostSubnet.recordedCIDRs, ...(egressIPAM?.assignments.map((assignment) => assignment.cidr.text) ?? [])]);
  return hostSubnet.egressCIDRs.filter((cidr) => known.has(cidr));
}

/** The CIDRs of a HostSubnet, from what they are to what they should be. */
export interface CidrsChange {
  readonly now: HostedCidrs;
  readonly target: HostedCidrs;
  /** Steps before `target` may follow `now`. */
  readonly after: readonly string[];
}

/** CIDRs of a HostSubnet. */
export interface HostedCidrs {
  readonly all: readonly string[];
  readonly ours: readonly string[];
}

/** A CIDR that no other node has leaves its last node only when nothing is bound to its addresses any more. */
export function cidrsOf(world: World, hostSubnet: ParsedHostSubnet, node: number, unbindingIn: (cidr: Cidr) => readonly string[]): CidrsChange {
  const wanted = wantedCidrs(world, node);
  const own = ownCidrs(world, hostSubnet, node);
  const foreign = hostSubnet.egressCIDRs.filter((cidr) => !own.includes(cidr));
  const hosted = (ours: readonly string[]): HostedCidrs => ({ all: inPlace(hostSubnet.egressCIDRs, [...foreign, ...ours]), ours: inPlace(hostSubnet.recordedCIDRs, ours) });
  const target = hosted(wanted);
  const leaving = own.filter((cidr) => !wanted.includes(cidr));
  const after = leaving.filter((cidr) => !isWantedElsewhere(world, cidr)).flatMap((text) => {
    const parsed = parseCidr(text);
    return parsed === undefined ? [] : unbindingIn(parsed.cidr);
  });
  if (after.length === 0) return { now: target, target, after };
  return { now: hosted([...leaving, ...wanted]), target, after };
}

/** A list with what is there already in its place, so that nothing is written for the sake of order. */
function inPlace(present: readonly string[], wanted: readonly string[]): readonly string[] {
  return [...present.filter((text) => wanted.includes(text)), ...wanted.filter((text) => !present.includes(text))];
}

function isWantedElsewhere(world: World, cidr: string): boolean {
  return world.snapshot.egressIPAMs.some((egressIPAM, index) =>
    !egressIPAM.deleting && egressIPAM.assignments.some((assignment, position) => assignment.cidr.text === cidr && (world.nodes.groups[index]?.[position]?.selected.length ?? 0) > 0),
  );
}
