import {
  cidrsOverlap,
  parseCidr,
  type NodeObservation,
  type ObserveOptions,
  type ProviderObservation,
} from '@egressip-ipam/core';
import type { Clock } from '../calls/clock.ts';
import type { SubnetReference } from '../cluster/machine-sets.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import type { InterfaceFacts } from '../ec2/interface-facts.ts';
import { readInstanceId } from '../ec2/instance-id.ts';
import type { InstanceTypes } from '../instance-types/instance-types.ts';
import type { InterfaceStore } from './interface-store.ts';
import { observeCidr } from './cidr-observation.ts';
import type { Machine, MachineReading, Machines } from './machines.ts';
import { observeNode } from './node-observation.ts';
import type { Subnets } from './subnets.ts';
import { sweepInterfaces, type Sweep } from './sweep.ts';

/** What a look works with. */
export interface Observer {
  readonly api: Ec2Api;
  readonly clock: Clock;
  readonly machines: Machines;
  readonly subnets: Subnets;
  readonly instanceTypes: InstanceTypes;
  readonly store: InterfaceStore;
  /** Where new machines go, as it is now. */
  readonly references: () => readonly SubnetReference[];
}

/**
 * One look. At rest it costs one paginated DescribeNetworkInterfaces over the subnets
 * that matter; types are asked for when they are new, instances when they are new or
 * have started anew, subnets when what is asked of them is new, and once a day.
 */
export async function observe(
  observer: Observer,
  { nodes, cidrs }: Pick<ObserveOptions, 'nodes' | 'cidrs'>,
): Promise<ProviderObservation> {
  const { api, clock, machines, subnets, instanceTypes, store, references } = observer;
  const ids = nodes.map((node) => ({ node: node.name, bootID: node.bootID, reading: readInstanceId(node) }));
  const bootIDs = new Map(
    ids.flatMap(({ bootID, reading }) => ('error' in reading ? [] : [[reading.instanceId, bootID] as const])),
  );
  const found = await machines.find([...bootIDs.keys()], bootIDs);
  const known = [...found.values()].filter(isMachine);
  const parsed = cidrs.flatMap((text) => parseCidr(text)?.cidr ?? []);
  const reading = await subnets.read({
    vpcIds: known.map(({ vpcId }) => vpcId),
    subnetIds: known.map(({ subnetId }) => subnetId),
    cidrs: parsed,
    references: references(),
  });
  const met = [...reading.subnets.values()].filter((subnet) =>
    subnet.cidrs.some((own) => parsed.some((cidr) => cidrsOverlap(own, cidr))),
  );
  const askedAt = clock.now();
  const sweep = await sweepInterfaces(api, [...met.map(({ id }) => id), ...known.map(({ subnetId }) => subnetId)]);
  const limits = await instanceTypes.limitsOf(known.map(({ type }) => type));
  remember(store, machines, known, sweep, askedAt);

  const byInstance = groupByInstance(sweep.interfaces);
  const observedNodes = ids.map(({ node, reading: id }): NodeObservation => {
    const machine: MachineReading | undefined = 'error' in id ? id : found.get(id.instanceId);
    if (machine === undefined || 'error' in machine)
      return { node, error: machine?.error ?? { class: 'not-found', message: `node ${node} has no instance` } };
    const unreadable =
      sweep.unreadable.get(machine.subnetId) ?? (reading.subnets.has(machine.subnetId) ? undefined : reading.error);
    return observeNode({
      node,
      machine,
      interfaces: byInstance.get(machine.instanceId) ?? [],
      subnets: reading.subnets,
      limits: limits.get(machine.type) ?? {
        error: { class: 'not-found', message: `instance type ${machine.type} is not known` },
      },
      unreadable,
    });
  });
  const nodeNames = new Map(
    ids.flatMap(({ node, reading: id }) => ('error' in id ? [] : [[id.instanceId, node] as const])),
  );
  const machineError = [...found.values()]
    .flatMap((machine) => (isMachine(machine) ? [] : machine.error))
    .find((error) => error.class !== 'not-found');
  return {
    nodes: observedNodes,
    cidrs: cidrs.map((cidr) => observeCidr({ cidr, subnets: reading, sweep, nodeNames, machineError })),
  };
}

function isMachine(reading: MachineReading): reading is Machine {
  return !('error' in reading);
}

/** Keeps what the next changes start from: the main interfaces of our machines. */
function remember(
  store: InterfaceStore,
  machines: Machines,
  known: readonly Machine[],
  sweep: Sweep,
  askedAt: number,
): void {
  const seen = new Map(sweep.interfaces.map((facts) => [facts.id, facts]));
  store.retain(new Set(known.map(({ interfaceId }) => interfaceId)));
  for (const { instanceId, interfaceId, subnetId } of known) {
    if (sweep.unreadable.has(subnetId)) continue;
    const facts = seen.get(interfaceId);
    store.set(interfaceId, { facts, askedAt });
    if (facts === undefined) machines.forget(instanceId);
  }
}

function groupByInstance(interfaces: readonly InterfaceFacts[]): ReadonlyMap<string, readonly InterfaceFacts[]> {
  const groups = new Map<string, InterfaceFacts[]>();
  for (const facts of interfaces) {
    if (facts.instanceId === undefined) continue;
    const group = groups.get(facts.instanceId);
    if (group === undefined) groups.set(facts.instanceId, [facts]);
    else group.push(facts);
  }
  return groups;
}
