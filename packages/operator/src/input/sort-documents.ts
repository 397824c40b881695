import {
  readClusterNetworks,
  readEgressIPAM,
  readInfrastructure,
  readServiceAddresses,
  readNamespace,
  readNode,
  type ClusterSnapshot,
  type InfrastructureSnapshot,
  type NetworkBackend,
  type NetworkEntry,
  type NetworkKind,
  type NetworkObjects,
  type ProviderObservation,
  type UsedAddress,
} from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import { addAll } from './add-all.ts';
import { claimsToBeSnapshot, commonKinds, kindReader, networkKinds, type DocumentKind } from './known-documents.ts';
import { ObjectList, problemsOf } from './object-list.ts';
import { isObservation } from './observation.ts';
import type { InputProblem, ReadDocuments, SourceObject } from './read-documents.ts';

/** What documents hold, by kind. */
export interface SortedDocuments extends Pick<
  ClusterSnapshot,
  'infrastructure' | 'egressIPAMs' | 'namespaces' | 'nodes'
> {
  readonly networkObjects: NetworkObjects;
  readonly serviceAddresses: readonly UsedAddress[];
  /** CIDRs of Services. */
  readonly serviceNetworks: readonly string[];
  readonly observation?: ProviderObservation;
  /** Whether there is an observation that cannot be read. */
  readonly isUnreadable: boolean;
  /** Whether any document is of a kind that tells of a cluster. */
  readonly isAny: boolean;
  /** By kind: how many objects of other networks there are. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** By `KIND of APIVERSION`: how many objects have the name of a kind that is read, and another group. */
  readonly strangers: ReadonlyMap<string, number>;
}

/**
 * Reads documents as objects of a cluster with a network of this back end.
 *
 * @param known all back ends whose objects would be known
 * @param problems takes in what cannot be read
 * @param isLive whether they are of a cluster as it is now
 */
export function sortDocuments(
  { objects }: ReadDocuments,
  known: readonly NetworkBackend[],
  backend: NetworkBackend,
  problems: InputProblem[],
  isLive = false,
): SortedDocuments {
  const egressIPAMs = new ObjectList('EgressIPAM', readEgressIPAM, problems);
  const namespaces = new ObjectList('Namespace', readNamespace, problems);
  const nodes = new ObjectList('Node', (object) => readNode(object, backend.nodeAnnotations), problems);
  const network = new NetworkLists(backend, problems);
  const found: Found = { infrastructure: { virtualIPs: [] }, isUnreadable: false, isAny: false };
  const serviceAddresses: UsedAddress[] = [];
  const serviceNetworks: string[] = [];
  const readers = new Map<DocumentKind, (source: SourceObject) => void>([
    [commonKinds.egressIPAM, (source) => egressIPAMs.add(source)],
    [commonKinds.namespace, (source) => namespaces.add(source)],
    [commonKinds.node, (source) => nodes.add(source)],
    [
      commonKinds.infrastructure,
      (source) => {
        const read = readInfrastructure(source.object);
        if (read.ok) found.infrastructure = read.value;
        problems.push(...problemsOf(source, 'Infrastructure', read));
      },
    ],
    [commonKinds.service, ({ object }) => addAll(serviceAddresses, readServiceAddresses(object))],
    [commonKinds.serviceCIDR, ({ object }) => addAll(serviceNetworks, readClusterNetworks(object))],
    [
      commonKinds.observation,
      ({ file, line, object }) => {
        if (isObservation(object)) found.observation = { nodes: object.nodes, cidrs: object.cidrs };
        else {
          found.isUnreadable = true;
          problems.push({
            file,
            line,
            object: 'ProviderObservation',
            message:
              'nodes and cidrs are expected, as in docs/schemas/provider-observation.schema.json; until then nothing is allocated',
          });
        }
      },
    ],
  ]);
  const ofNetworks = networkKinds([backend, ...known], isLive ? backend : undefined);
  const kindOf = kindReader([...readers.keys(), ...ofNetworks]);
  const strangers = new Strangers([commonKinds.egressIPAM, ...ofNetworks]);
  for (const source of objects) {
    if (claimsToBeSnapshot(source.object)) continue;
    const kind = kindOf(source.object);
    if (kind === undefined)
      problems.push({
        file: source.file,
        line: source.line,
        field: 'kind',
        message: 'a Kubernetes object with a kind is expected',
      });
    else if (kind === 'other') {
      problems.push(...refusalIn(source));
      strangers.note(source.object);
    } else {
      found.isAny = true;
      (readers.get(kind) ?? ((other) => network.add(kind, other)))(source);
    }
  }
  return {
    ...found,
    serviceAddresses,
    serviceNetworks,
    egressIPAMs: egressIPAMs.entries,
    namespaces: namespaces.entries,
    nodes: nodes.entries,
    networkObjects: network.objects,
    leftOut: network.leftOut,
    strangers: strangers.counts,
  };
}

/** What sorting finds beside lists. */
interface Found {
  infrastructure: InfrastructureSnapshot;
  observation?: ProviderObservation;
  isUnreadable: boolean;
  isAny: boolean;
}

/** What an API server answers in place of what was asked for: objects are missing then. */
function refusalIn({ file, line, object }: SourceObject): readonly InputProblem[] {
  const { kind, status, message } = asRecord(object);
  if (kind !== 'Status' || status !== 'Failure') return [];
  const reason = typeof message === 'string' ? message.slice(0, 200) : 'it says no reason';
  return [{ file, line, object: 'Status', message: `the API server gave no objects: ${reason}` }];
}

/** Counts objects whose kind is read by its name alone: the group was mistyped, or is another project's. */
class Strangers {
  readonly counts = new Map<string, number>();
  readonly #names: ReadonlySet<string>;

  constructor(kinds: readonly DocumentKind[]) {
    this.#names = new Set(kinds.map(({ kind }) => kind));
  }

  note(object: unknown): void {
    const { kind, apiVersion } = asRecord(object);
    if (typeof kind !== 'string' || typeof apiVersion !== 'string' || !this.#names.has(kind)) return;
    const what = `${kind} of ${apiVersion}`;
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** The objects of a network, and how many there are of others. */
class NetworkLists {
  readonly leftOut = new Map<string, number>();
  readonly #lists: readonly { readonly kind: NetworkKind; readonly list: ObjectList<NetworkEntry> }[];

  constructor({ kinds }: NetworkBackend, problems: InputProblem[]) {
    this.#lists = kinds.map((kind) => ({
      kind,
      list: new ObjectList<NetworkEntry>(kind.resource.kind, kind.read, problems),
    }));
  }

  get objects(): NetworkObjects {
    return Object.fromEntries(this.#lists.map(({ kind, list }) => [kind.resource.kind, list.entries]));
  }

  add({ group, kind }: DocumentKind, source: SourceObject): void {
    const own = this.#lists.find(({ kind: { resource } }) => resource.group === group && resource.kind === kind);
    if (own === undefined) this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1);
    else if (isMeant(own.kind, source.object)) own.list.add(source);
  }
}

/** Of some kinds, only the objects of one namespace or of one name are read. */
function isMeant({ namespace, name }: NetworkKind, object: unknown): boolean {
  const { metadata } = object as { readonly metadata?: { readonly namespace?: unknown; readonly name?: unknown } };
  return (
    (namespace === undefined || metadata?.namespace === namespace) && (name === undefined || metadata?.name === name)
  );
}
