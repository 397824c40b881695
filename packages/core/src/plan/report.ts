import { formatAddress, type Address } from '../address/address.ts';
import type { CoolingAddresses } from '../allocate/cool-down.ts';
import { compareByAge } from '../allocate/decide-inputs.ts';
import { contains, type Claim } from '../allocate/claim.ts';
import type { World } from '../allocate/world.ts';
import type { ParsedAssignment, ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';
import { stateOf } from '../network/assignment-state.ts';
import { placementMode } from '../place/place-kept.ts';
import type { NodeGroup } from '../place/node-group.ts';
import type { ReleasedAddresses } from '../snapshot/snapshot.ts';
import type { Allocation, AssignmentState, CidrUsage, EgressIPAMReport, NodeReport, Plan, WaitingClaim } from './plan-types.ts';
import type { Step } from './step.ts';

/** Writes down what was decided, as plain data. */
export function reportPlan(world: World, steps: readonly Step[], released: readonly (readonly ReleasedAddresses[])[], cooling: CoolingAddresses): Plan {
  const counts = new Counts(world);
  const allocations = new Array<Allocation>(world.settledIn.length);
  let allocated = 0;
  for (let index = 0; index < world.settledIn.length; index += 1) {
    if (world.settledIn[index] !== -1) {
      allocations[allocated++] = settledAllocation(world, index);
      continue;
    }
    const claim = world.claimOf(index);
    if (claim === undefined) continue;
    if (claim.addresses.length > 0) allocations[allocated++] = allocationOf(world, claim, counts);
    counts.addClaim(claim);
  }
  allocations.length = allocated;
  const waiting = waitingClaims(world);
  const someoneWaits = waiting.length > 0 && cooling.next !== undefined;
  return {
    formatVersion: 1,
    allocations,
    waiting,
    steps,
    findings: world.findings,
    egressIPAMs: world.snapshot.egressIPAMs.map((egressIPAM, index) => reportEgressIPAM(world, egressIPAM, index, counts, released[index] ?? [])),
    nodes: reportNodes(world, counts),
    ...(someoneWaits && cooling.next !== undefined ? { wakeAt: new Date(cooling.next).toISOString() } : {}),
  };
}

/** Adds up what allocations come to. */
class Counts {
  /** By EgressIPAM, by assignment. */
  readonly allocated: number[][];
  readonly placed: number[][];
  readonly served: number[];
  readonly waiting: number[];
  readonly onNode: Int32Array;
  /** By EgressIPAM; undefined where the network does not choose the nodes. */
  readonly states: readonly Record<AssignmentState, number>[] | undefined;

  constructor(world: World) {
    const zeros = (): number[][] => world.snapshot.egressIPAMs.map((egressIPAM) => egressIPAM.assignments.map(() => 0));
    this.allocated = zeros();
    this.placed = zeros();
    this.served = world.snapshot.egressIPAMs.map(() => 0);
    this.waiting = world.snapshot.egressIPAMs.map(() => 0);
    this.onNode = world.settledOn.slice();
    const none = { Allocated: 0, Assigned: 0, PartiallyAssigned: 0, Unassigned: 0, Conflict: 0 };
    this.states = world.snapshot.source.network.kind === 'ovn-kubernetes' ? world.snapshot.egressIPAMs.map(() => ({ ...none })) : undefined;
    world.settledCount.forEach((namespaces, index) => {
      this.served[index] = namespaces;
      this.allocated[index]?.fill(namespaces);
      this.placed[index]?.fill(namespaces);
    });
  }

  addClaim(claim: Claim): void {
    if (claim.egressIPAM === -1 || claim.release !== undefined) return;
    const list = claim.waiting === undefined && claim.addresses.length > 0 ? this.served : claim.waiting !== undefined ? this.waiting : undefined;
    if (list !== undefined) list[claim.egressIPAM] = (list[claim.egressIPAM] ?? 0) + 1;
  }

  addAddress(egressIPAM: ParsedEgressIPAM | undefined, index: number, address: Address, node: number): void {
    if (node !== -1) this.onNode[node] = (this.onNode[node] ?? 0) + 1;
    if (egressIPAM === undefined) return;
    const { assignments } = egressIPAM;
    for (let position = 0; position < assignments.length; position += 1) {
      const assignment = assignments[position];
      if (assignment === undefined || !contains(assignment, address)) continue;
      increment(this.allocated[index], position);
      if (node !== -1) increment(this.placed[index], position);
      return;
    }
  }
}

function increment(counts: number[] | undefined, position: number): void {
  if (counts !== undefined) counts[position] = (counts[position] ?? 0) + 1;
}

function allocationOf(world: World, claim: Claim, counts: Counts): Allocation {
  const { addresses, namespace } = claim;
  const egressIPAM = world.egressIPAMOf(claim);
  const explicit = placementMode(world, claim.egressIPAM) === 'explicit' && claim.egressIPAM !== -1;
  const nodes: (string | null)[] = [];
  for (const address of addresses) {
    const slot = world.addresses.slotOf(address);
    const node = ((explicit ? world.addresses.placedOn[slot] : world.addresses.hostedOn[slot]) ?? 0) - 1;
    nodes.push(node === -1 ? null : world.nodes.nameOf(node));
    counts.addAddress(egressIPAM, claim.egressIPAM, address, node);
  }
  const allocation = { namespace: namespace.name, egressIPAM: namespace.egressIPAM ?? '', source: claim.source, addresses: claim.addresses.map(formatAddress), nodes };
  if (counts.states === undefined) return allocation;
  const state = stateOf(world, claim);
  const states = counts.states[claim.egressIPAM];
  if (states !== undefined) states[state] += 1;
  return { ...allocation, state };
}

/**
 * Loads and usage of settled namespaces are known from their placement. Their traffic
 * is bound to just their addresses, whose texts therefore stand in the NetNamespace.
 */
function settledAllocation(world: World, index: number): Allocation {
  const { namespaces } = world.snapshot;
  const said = namespaces.said[index];
  if (said !== undefined) return said;
  const count = namespaces.counts[index] ?? 0;
  const nodes = new Array<string>(count);
  for (let entry = 0; entry < count; entry += 1) nodes[entry] = world.nodes.nameOf((namespaces.saidOn[index * namespaces.width + entry] ?? 0) - 1);
  const source = namespaces.sources[index];
  const addresses = namespaces.netSources[namespaces.netOf[index] ?? -1]?.egressIPs ?? [];
  return (namespaces.said[index] = { namespace: source?.name ?? '', egressIPAM: source?.egressIPAM ?? '', source: 'kept', addresses, nodes });
}

function waitingClaims(world: World): readonly WaitingClaim[] {
  return world.claims
    .filter((claim) => claim.waiting !== undefined)
    .sort(compareByAge)
    .flatMap(({ namespace, waiting }) => (waiting === undefined ? [] : [{ namespace: namespace.name, egressIPAM: namespace.egressIPAM ?? '', reason: waiting }]));
}

function reportEgressIPAM(world: World, egressIPAM: ParsedEgressIPAM, index: number, counts: Counts, released: readonly ReleasedAddresses[]): EgressIPAMReport {
  return {
    name: egressIPAM.name,
    ...(egressIPAM.source.generation === undefined ? {} : { generation: egressIPAM.source.generation }),
    deleting: egressIPAM.deleting,
    cidrs: egressIPAM.assignments.map((assignment, position) => usageOf(world, assignment, world.nodes.groups[index]?.[position], counts.allocated[index]?.[position] ?? 0, counts.placed[index]?.[position] ?? 0)),
    served: counts.served[index] ?? 0,
    waiting: counts.waiting[index] ?? 0,
    ...(counts.states?.[index] === undefined ? {} : { states: counts.states[index] }),
    released,
  };
}

function usageOf(world: World, assignment: ParsedAssignment, group: NodeGroup | undefined, allocated: number, placed: number): CidrUsage {
  const { cidr } = assignment;
  const taken = world.addresses.countTaken(cidr.first, cidr.last);
  const capacity = group === undefined ? undefined : capacityOf(world, group, cidr.family);
  return {
    cidr: cidr.text,
    labelValue: assignment.labelValue,
    total: cidr.size.toString(),
    reserved: (taken - BigInt(allocated)).toString(),
    allocated,
    free: (cidr.size - taken).toString(),
    placed,
    ...(capacity === undefined ? {} : { capacity }),
    nodes: (group?.selected ?? []).map((node) => world.nodes.nameOf(node)),
  };
}

/** What the candidates can carry in all; undefined where one of them has no limit. */
function capacityOf(world: World, group: NodeGroup, family: 4 | 6): number | undefined {
  let sum = 0;
  for (const node of group.candidates) {
    const capacity = world.nodes.capacityOf[node];
    sum += Math.min(capacity?.total ?? Infinity, (family === 4 ? capacity?.ipv4 : capacity?.ipv6) ?? Infinity);
  }
  return Number.isFinite(sum) ? sum : undefined;
}

function reportNodes(world: World, counts: Counts): readonly NodeReport[] {
  const reports: NodeReport[] = [];
  world.nodes.egressIPAMOf.forEach((egressIPAM, node) => {
    const name = world.snapshot.egressIPAMs[egressIPAM]?.name;
    if (name === undefined) return;
    const capacity = world.nodes.capacityOf[node];
    const most = capacity === undefined ? Infinity : Math.min(capacity.total, capacity.ipv4 + capacity.ipv6, Number.isFinite(capacity.ipv4) ? capacity.ipv4 : Infinity);
    reports.push({ node: world.nodes.nameOf(node), egressIPAM: name, placed: counts.onNode[node] ?? 0, ...(Number.isFinite(most) ? { capacity: most } : {}) });
  });
  return reports;
}
