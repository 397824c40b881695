import {
  buildSnapshot,
  cidrsOf,
  plain,
  plan,
  type ClusterSnapshot,
  type NetworkBackend,
  type NetworkObjects,
  type ProviderDecision,
  type ProviderDescription,
  type ProviderObservation,
  type ProviderSnapshot,
} from '@egressip-ipam/core';
import type { FoundNetwork } from '../network/find-network.ts';
import { loadBuiltInNetworks, loadNetwork } from '../network/load-network.ts';
import { isPlacedByUs } from '../provider/provider-facts.ts';
import { providerSnapshot } from '../provider/provider-snapshot.ts';
import { chooseNetwork, type ChosenNetwork } from './choose-network.ts';
import { chooseProvider } from './choose-provider.ts';
import { claimsToBeSnapshot, isSnapshot, snapshotProblem } from './known-documents.ts';
import { PlatformObjects } from './platform-objects.ts';
import { InputError, unreadable, type InputProblem, type ReadDocuments } from './read-documents.ts';
import { sortDocuments, type SortedDocuments } from './sort-documents.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Choices that the input may leave open. */
export interface SnapshotOptions {
  /** The name of a network that is built in, or of a package. */
  readonly network?: string;
  /** The name of a provider that is built in, or of a package. */
  readonly provider?: string;
  /** RFC 3339; without it nothing cools down. */
  readonly time?: string;
  /** Where the operator is. */
  readonly namespace?: string;
}

/** What was decided of a live cluster by asking it. */
export interface LiveDecisions {
  readonly network: ChosenNetwork;
  readonly provider: ProviderDecision;
  /** What was counted of the network's objects. */
  readonly counted: NetworkObjects;
}

/** A snapshot from files, and what in them could not be used. */
export interface LoadedSnapshot {
  readonly snapshot: ClusterSnapshot;
  /** The back end of its network. */
  readonly backend: NetworkBackend;
  readonly problems: readonly InputProblem[];
  /** What was assumed or left out, in words. */
  readonly notes: readonly string[];
}

/**
 * Puts a snapshot together from documents: Kubernetes objects, a saved ClusterSnapshot, a ProviderObservation.
 *
 * @param live what the cluster itself showed, where the documents were read from it
 * @throws InputError when the network cannot be told, or a saved snapshot cannot be planned; Error when there is no
 *   such plug-in
 */
export async function loadSnapshot(
  documents: ReadDocuments,
  options: SnapshotOptions,
  live?: LiveDecisions,
): Promise<LoadedSnapshot> {
  const problems = [...documents.problems];
  const saved = await findSaved(documents, options, problems);
  if (saved !== undefined) return { ...saved, problems, notes: [] };
  const chosen = options.network === undefined ? undefined : await loadNetwork(options.network);
  const backends = await loadBuiltInNetworks();
  const known = chosen === undefined ? backends : [chosen, ...backends.filter(({ name }) => name !== chosen.name)];
  const objects = documents.objects.map(({ object }) => object);
  const { found, notes } = live?.network ?? chooseNetwork(objects, known, chosen);
  const sorted = sortDocuments(documents, known, found.backend, problems, live !== undefined);
  if (objects.length > 0 && !sorted.isAny) throw ofNoCluster(problems);
  const platformOf = (provider: ProviderDescription): PlatformObjects =>
    new PlatformObjects(documents, provider, options.namespace);
  const isThere = (provider: ProviderDescription): boolean => platformOf(provider).isThere;
  const decision =
    live?.provider ?? (await chooseProvider(objects, found, sorted.observation, isThere, options.provider));
  const { infrastructure, egressIPAMs, namespaces, nodes, networkObjects, serviceAddresses } = sorted;
  const clusterNetworks = [...(found.evidence.clusterNetworks ?? []), ...sorted.serviceNetworks];
  const { settings } = found.recognition;
  const network = {
    name: found.backend.name,
    ...(settings === undefined ? {} : { settings }),
    objects: { ...networkObjects, ...live?.counted },
  };
  // Of two, one on top of the other, objects tell of one alone.
  const isTold = sorted.observation !== undefined || live !== undefined || decision.onNode !== undefined;
  const observation = isTold
    ? sorted.observation
    : platformOf(decision.provider).look({ nodes, cidrs: cidrsOf(egressIPAMs) }, problems);
  const provider = providerOf(
    found,
    decision,
    options,
    { observation, isUnreadable: sorted.isUnreadable },
    live !== undefined,
  );
  const inside = {
    ...(clusterNetworks.length === 0 ? {} : { clusterNetworks }),
    ...(serviceAddresses.length === 0 ? {} : { serviceAddresses }),
  };
  const parts = { infrastructure, network, provider, egressIPAMs, namespaces, nodes, ...inside };
  const snapshot = buildSnapshot({ ...parts, ...(options.time === undefined ? {} : { time: options.time }) });
  const isAnyClaim = snapshot.namespaces.some(({ egressIPAM }) => egressIPAM !== undefined);
  return {
    snapshot,
    backend: found.backend,
    problems,
    notes: [...(isAnyClaim ? notes : []), ...leftOutNotes(sorted, found)],
  };
}

function providerOf(
  { backend, recognition }: FoundNetwork,
  decision: ProviderDecision,
  options: SnapshotOptions,
  {
    observation,
    isUnreadable,
  }: { readonly observation: ProviderObservation | undefined; readonly isUnreadable: boolean },
  isLive: boolean,
): ProviderSnapshot {
  const snapshot = providerSnapshot({
    decision,
    isChosen: options.provider !== undefined,
    isPlacedByUs: isPlacedByUs(backend, recognition.settings),
    clusterAttaches: recognition.clusterAttaches,
    ...(observation === undefined ? {} : { observation }),
  });
  // What is in use cannot be told from an observation that cannot be read: nothing may look free.
  return { ...snapshot, observationRequired: isUnreadable || (isLive && snapshot.observationRequired) };
}

/** No object tells of a cluster: what should have written it failed, or wrote something else. */
function ofNoCluster(problems: readonly InputProblem[]): InputError {
  return problems.length > 0
    ? unreadable(problems)
    : new InputError(
        'no object in the input tells of a cluster: namespaces, nodes, EgressIPAMs and objects of the network are expected, as kubectl get prints them',
      );
}

/** Objects of other networks, of which a migration may have left some, and those of a group that nobody reads. */
function leftOutNotes(
  { leftOut, strangers }: Pick<SortedDocuments, 'leftOut' | 'strangers'>,
  { backend }: FoundNetwork,
): readonly string[] {
  const note = (count: number, what: string, why: string): string =>
    `${count} ${count === 1 ? 'object' : 'objects'} of kind ${what} ${count === 1 ? 'is' : 'are'} left out: ${why}`;
  return [
    ...[...leftOut].map(([kind, count]) => note(count, kind, `the network is ${backend.title}`)),
    ...[...strangers].map(([what, count]) => note(count, what, 'that kind is read of another apiVersion')),
  ];
}

/**
 * The saved snapshot among the documents, planned once to see that it is whole: it was written by a program, and is not
 * looked at field by field.
 *
 * @throws InputError when it cannot be planned
 */
async function findSaved(
  { objects }: ReadDocuments,
  { time, network }: SnapshotOptions,
  problems: InputProblem[],
): Promise<Pick<LoadedSnapshot, 'snapshot' | 'backend'> | undefined> {
  for (const { file, object, lineOf } of objects) {
    if (!claimsToBeSnapshot(object)) continue;
    if (!isSnapshot(object)) {
      const { field = '', message = '' } = snapshotProblem(object) ?? {};
      problems.push({ file, line: lineOf(field), object: 'ClusterSnapshot', field, message });
      continue;
    }
    const snapshot = time === undefined ? object : { ...object, time };
    const name = network ?? snapshot.network.name;
    const backend = name === plain.name ? plain : await loadNetwork(name);
    try {
      plan(snapshot, backend);
    } catch (error) {
      throw new InputError(`${file}: the saved ClusterSnapshot is damaged: ${reasonOf(error)}`, { cause: error });
    }
    return { snapshot, backend };
  }
  return undefined;
}
