import {
  buildSnapshot,
  plan,
  readCloudPrivateIPConfig,
  readEgressIP,
  readEgressIPAM,
  readHostSubnet,
  readInfrastructure,
  readNamespace,
  readNetNamespace,
  readNode,
  type ClusterSnapshot,
  type InfrastructureSnapshot,
  type NetworkSnapshot,
  type ProviderObservation,
  type ProviderSnapshot,
  type Read,
} from '@egressip-ipam/core';
import { clouds } from '../network/clouds.ts';
import { claimsToBeSnapshot, isSnapshot, kindOf, snapshotProblem } from './known-documents.ts';
import { isObservation } from './observation.ts';
import { InputError, type InputProblem, type ReadDocuments, type SourceObject } from './read-documents.ts';

/** Choices that the input may leave open. */
export interface SnapshotOptions {
  readonly network?: NetworkSnapshot['kind'];
  readonly provider?: string;
  /** RFC 3339; without it nothing cools down. */
  readonly time?: string;
}

/** A snapshot from files, and what in them could not be used. */
export interface LoadedSnapshot {
  readonly snapshot: ClusterSnapshot;
  readonly problems: readonly InputProblem[];
}

interface Named {
  readonly name: string;
}

/** Objects of one kind, by name: of two with one name the first counts. */
class Collection<Entry extends Named> {
  readonly entries: Entry[] = [];
  readonly #kind: string;
  readonly #read: (object: unknown) => Read<Entry>;
  readonly #problems: InputProblem[];
  readonly #names = new Set<string>();

  constructor(kind: string, read: (object: unknown) => Read<Entry>, problems: InputProblem[]) {
    this.#kind = kind;
    this.#read = read;
    this.#problems = problems;
  }

  add(source: SourceObject): void {
    const read = this.#read(source.object);
    this.#problems.push(...problemsOf(source, this.#kind, read));
    if (!read.ok) return;
    if (this.#names.has(read.value.name)) {
      this.#problems.push({ file: source.file, line: source.line, object: `${this.#kind}/${read.value.name}`, message: 'stands in the input twice; the first one counts' });
      return;
    }
    this.#names.add(read.value.name);
    this.entries.push(read.value);
  }
}

/** What reading an object found wrong, with the line of each field. */
function problemsOf({ file, lineOf }: SourceObject, kind: string, { problems }: Read<unknown>): readonly InputProblem[] {
  return problems.map(({ object: { name }, field, message }) => ({ file, line: lineOf(field ?? ''), object: `${kind}/${name === '' ? '?' : name}`, ...(field === undefined ? {} : { field }), message }));
}

/** Puts a snapshot together from documents: Kubernetes objects, a saved ClusterSnapshot, a ProviderObservation. */
export function loadSnapshot(documents: ReadDocuments, options: SnapshotOptions): LoadedSnapshot {
  const problems = [...documents.problems];
  const egressIPAMs = new Collection('EgressIPAM', readEgressIPAM, problems);
  const namespaces = new Collection('Namespace', readNamespace, problems);
  const nodes = new Collection('Node', readNode, problems);
  const hostSubnets = new Collection('HostSubnet', readHostSubnet, problems);
  const netNamespaces = new Collection('NetNamespace', readNetNamespace, problems);
  const egressIPs = new Collection('EgressIP', readEgressIP, problems);
  const cloudPrivateIPConfigs = new Collection('CloudPrivateIPConfig', readCloudPrivateIPConfig, problems);
  const collections: Readonly<Record<string, { add(source: SourceObject): void }>> = {
    EgressIPAM: egressIPAMs,
    Namespace: namespaces,
    Node: nodes,
    HostSubnet: hostSubnets,
    NetNamespace: netNamespaces,
    EgressIP: egressIPs,
    CloudPrivateIPConfig: cloudPrivateIPConfigs,
  };
  let infrastructure: InfrastructureSnapshot = { virtualIPs: [] };
  let observation: ProviderObservation | undefined;
  let unreadable = false;
  for (const source of documents.objects) {
    const { file } = source;
    const kind = kindOf(source.object);
    if (claimsToBeSnapshot(source.object)) {
      if (isSnapshot(source.object)) return { snapshot: savedSnapshot(file, source.object, options), problems };
      const { field = '', message = '' } = snapshotProblem(source.object) ?? {};
      problems.push({ file, line: source.lineOf(field), object: 'ClusterSnapshot', field, message });
    } else if (kind === undefined) {
      problems.push({ file, line: source.line, field: 'kind', message: 'a Kubernetes object with a kind is expected' });
    } else if (kind === 'Infrastructure') {
      const read = readInfrastructure(source.object);
      if (read.ok) infrastructure = read.value;
      problems.push(...problemsOf(source, kind, read));
    } else if (kind === 'ProviderObservation') {
      if (isObservation(source.object)) observation = { nodes: source.object.nodes, cidrs: source.object.cidrs };
      else {
        unreadable = true;
        problems.push({ file, line: source.line, object: kind, message: 'nodes and cidrs are expected, as in docs/schemas/provider-observation.schema.json; until then nothing is allocated' });
      }
    } else {
      collections[kind]?.add(source);
    }
  }
  const parts = {
    infrastructure,
    egressIPAMs: egressIPAMs.entries,
    namespaces: namespaces.entries,
    nodes: nodes.entries,
    hostSubnets: hostSubnets.entries,
    netNamespaces: netNamespaces.entries,
    egressIPs: egressIPs.entries,
    cloudPrivateIPConfigs: cloudPrivateIPConfigs.entries,
  };
  const network = chooseNetwork(options.network, parts);
  // What is in use cannot be told from an observation that cannot be read: nothing may look free.
  const provider = { ...chooseProvider(options.provider, network, parts, observation), observationRequired: unreadable };
  return { snapshot: buildSnapshot({ ...parts, network, provider, ...(options.time === undefined ? {} : { time: options.time }) }), problems };
}

/**
 * A snapshot that was saved is planned once, to see that it is whole: it was written by a program, and is not looked at field by field.
 *
 * @throws InputError when it cannot be planned
 */
function savedSnapshot(file: string, object: ClusterSnapshot, { time }: SnapshotOptions): ClusterSnapshot {
  const snapshot = time === undefined ? object : { ...object, time };
  try {
    plan(snapshot);
    return snapshot;
  } catch (error) {
    throw new InputError(`${file}: the saved ClusterSnapshot is damaged: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

type Parts = Pick<ClusterSnapshot, 'infrastructure' | 'nodes' | 'hostSubnets' | 'netNamespaces' | 'egressIPs' | 'cloudPrivateIPConfigs'>;

/** OVN-Kubernetes' annotations on nodes show it, though HostSubnets are left of a migration; else HostSubnets show OpenShift SDN. */
function chooseNetwork(chosen: NetworkSnapshot['kind'] | undefined, parts: Parts): NetworkSnapshot {
  if (chosen !== undefined) return { kind: chosen };
  if (parts.nodes.some((node) => node.primaryInterfaceAddress !== undefined || node.hostCIDRs !== undefined)) return { kind: 'ovn-kubernetes' };
  if (parts.hostSubnets.length > 0 || parts.netNamespaces.length > 0) return { kind: 'openshift-sdn' };
  const isOvn = parts.egressIPs.length > 0 || parts.nodes.some((node) => node.egressIPConfig !== undefined);
  return { kind: isOvn ? 'ovn-kubernetes' : 'openshift-sdn' };
}

/** Planning from files looks at no cloud: what a ProviderObservation says is all that is known of it. */
function chooseProvider(chosen: string | undefined, network: NetworkSnapshot, parts: Parts, observation: ProviderObservation | undefined): ProviderSnapshot {
  const announced = parts.infrastructure.platform?.toLowerCase();
  const platform = announced ?? (parts.nodes.some((node) => node.providerID?.startsWith('aws://')) ? 'aws' : 'none');
  const name = chosen ?? (platform === 'aws' ? 'aws' : 'baremetal');
  const clusterAttaches = parts.nodes.some((node) => node.egressIPConfig !== undefined);
  const onSdn = network.kind === 'openshift-sdn';
  const attach = name !== 'baremetal' && onSdn && !clusterAttaches;
  return {
    name,
    attach,
    atomicMove: name === 'aws',
    cloud: clusterAttaches || (onSdn ? name !== 'baremetal' || clouds.includes(platform) : clouds.includes(announced ?? '')),
    observationRequired: false,
    ...(observation === undefined ? {} : { observation }),
  };
}
