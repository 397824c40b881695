import type { KubernetesObject } from '@egressip-ipam/kube';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { WriteStep } from './write-step.ts';

/** What the executor has to know of the object that a step writes. */
export interface Target {
  readonly name: string;
  readonly changedSince: (sequence: number) => boolean;
  readonly sequence: number;
  /** Another number for each object of this name, so that what is made anew is not taken for undone. */
  readonly incarnation: number;
  readonly resourceVersion: () => string | undefined;
  /** A write begins that may put these addresses there. */
  readonly begin: (addresses: readonly string[]) => void;
  /** Takes in an answer; whether the object is still as it says. */
  readonly observe: (object: KubernetesObject) => boolean;
  readonly settle: (ended: boolean) => void;
  /** The write has ended, in whatever way. */
  readonly end: () => void;
  readonly read: () => Promise<KubernetesObject>;
}

/**
 * The object that a step writes; undefined where its kind is not watched.
 *
 * @param isOurs whether it is ours to make and to delete, and the same one however often
 */
export function targetOf(
  store: ClusterStore,
  { object: { kind, name } }: WriteStep,
  isOurs: boolean,
): Target | undefined {
  const collection = store.collectionOf(kind);
  if (collection === undefined) return undefined;
  return {
    name,
    changedSince: (sequence) => collection.changedSince(name, sequence),
    sequence: collection.sequence,
    incarnation: isOurs ? 0 : collection.incarnationOf(name),
    resourceVersion: () => collection.resourceVersionOf(name),
    begin: (addresses) => collection.begin(name, addresses),
    observe: (answer) => collection.observe(answer),
    settle: (ended) => collection.settle(name, ended),
    end: () => collection.end(name),
    read: () => collection.get(name),
  };
}
