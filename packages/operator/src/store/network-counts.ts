import type { NamespaceSnapshot, NetworkBackend, NetworkObjects } from '@egressip-ipam/core';
import type { Clock, RestClient } from '@egressip-ipam/kube';
import { countObjects } from '../network/count-objects.ts';
import { NamespaceCounts } from './namespace-counts.ts';

/** What {@link countNetwork} works with. */
export interface NetworkCountsOptions {
  readonly backend: NetworkBackend;
  readonly rest: RestClient;
  readonly clock: Clock;
  /** The same array for as long as they are the same. */
  readonly namespaces: () => readonly NamespaceSnapshot[];
  readonly onChange: () => void;
  /** Told once of each kind that cannot be counted. */
  readonly onRefused: (kind: string) => void;
}

/** What is counted of a network's objects, in namespaces that claim. */
export interface NetworkCounts {
  readonly objects: () => NetworkObjects;
  /** Counts until the signal ends it. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/** Counts the objects that the network's back end wants counted. */
export function countNetwork({ backend, rest, namespaces, onRefused, ...common }: NetworkCountsOptions): NetworkCounts {
  const claiming = claimingOf(namespaces);
  const refused = new Set<string>();
  const counts = (backend.counted ?? []).map((resource) => ({
    kind: resource.kind,
    counts: new NamespaceCounts({
      ...common,
      namespaces: claiming,
      count: (namespace, signal) => countObjects(rest, resource, namespace, signal),
      onRefused: () => {
        if (!refused.has(resource.kind)) onRefused(resource.kind);
        refused.add(resource.kind);
      },
    }),
  }));
  return {
    objects: () => Object.fromEntries(counts.map(({ kind, counts: counted }) => [kind, counted.list()])),
    run: (signal) => Promise.all(counts.map(({ counts: counted }) => counted.run(signal))),
  };
}

function claimingOf(namespaces: () => readonly NamespaceSnapshot[]): () => readonly string[] {
  let last: readonly NamespaceSnapshot[] | undefined;
  let names: readonly string[] = [];
  return () => {
    const now = namespaces();
    if (now !== last) {
      last = now;
      const claiming = now.flatMap(({ name, egressIPAM }) => (egressIPAM === undefined ? [] : [name]));
      if (claiming.length !== names.length || claiming.some((name, index) => name !== names[index])) names = claiming;
    }
    return names;
  };
}
