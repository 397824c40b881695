import type { CloudProvider } from '../../provider-contract/contract.ts';
import type { CidrObservation, NodeObservation } from '../../provider-contract/observation.ts';
import {
  providerEntriesOf,
  type LookSubjects,
  type PlatformInObjects,
  type ProviderEntry,
  type ProviderKind,
} from '../../provider-contract/platform-in-objects.ts';
import { ObjectReader } from '../../snapshot/object-reader.ts';

interface Machine extends ProviderEntry {
  readonly seen: NodeObservation | undefined;
}

interface Range extends ProviderEntry {
  readonly seen: CidrObservation | undefined;
}

const resource = { group: 'memory.example', version: 'v1' };
const machineKind: ProviderKind<Machine> = {
  resource: { ...resource, plural: 'machines', kind: 'Machine' },
  read: (object) => readSeen<NodeObservation>(object, 'Machine'),
};
const rangeKind: ProviderKind<Range> = {
  resource: { ...resource, plural: 'ranges', kind: 'Range' },
  read: (object) => readSeen<CidrObservation>(object, 'Range'),
};

/** A platform of which there is an object for each node and CIDR, with what was seen of it as JSON. */
export const memoryInObjects: PlatformInObjects = {
  kinds: [machineKind, rangeKind],
  observe: (entries, { nodes, cidrs }) => {
    const machines = new Map(providerEntriesOf(entries, machineKind).map(({ name, seen }) => [name, seen]));
    const ranges = new Map(providerEntriesOf(entries, rangeKind).map(({ name, seen }) => [name, seen]));
    const error = { class: 'not-found', message: 'no object tells of it' } as const;
    return {
      nodes: nodes.map(({ name }) => machines.get(name) ?? { node: name, error }),
      cidrs: cidrs.map((cidr) => ranges.get(cidr) ?? { cidr, error }),
    };
  },
};

/** The objects of such a platform as it is now. */
export async function objectsOfMemory(provider: CloudProvider, subjects: LookSubjects): Promise<readonly unknown[]> {
  const { nodes, cidrs } = await provider.observe({ ...subjects, signal: new AbortController().signal });
  return [
    ...nodes.map((seen) => ({ kind: 'Machine', metadata: { name: seen.node }, seen: JSON.stringify(seen) })),
    ...cidrs.map((seen) => ({ kind: 'Range', metadata: { name: seen.cidr }, seen: JSON.stringify(seen) })),
  ];
}

function readSeen<Seen>(
  object: unknown,
  kind: string,
): ReturnType<ProviderKind<ProviderEntry & { seen: Seen | undefined }>['read']> {
  const reader = new ObjectReader(object, kind);
  const text = reader.text('seen');
  return reader.result({ name: reader.name, seen: parsed<Seen>(text) });
}

function parsed<Seen>(text: string | undefined): Seen | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Seen);
  } catch {
    return undefined;
  }
}
