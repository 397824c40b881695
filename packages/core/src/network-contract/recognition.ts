import type { NodeSnapshot } from '../snapshot/snapshot.ts';

/** What tells which network programs a cluster. */
export interface ClusterEvidence {
  /** The kinds that are served, or that occur in files, by `PLURAL.GROUP`. */
  readonly served: ReadonlyMap<string, ServedKind>;
  /** Whether `served` is of files, in which there is nothing of a kind that has no object. */
  readonly isOfFiles?: boolean;
  /** What the cluster says that its network is, where it says so (`Network.config.openshift.io`). */
  readonly announced?: string;
  /** CIDRs of pods and Services, where the cluster tells them in the same place. */
  readonly clusterNetworks?: readonly string[];
  /** Some of the nodes, with the annotations that back ends ask for. */
  readonly nodes: readonly Pick<NodeSnapshot, 'name' | 'labels' | 'annotations'>[];
  /**
   * The data of ConfigMaps that back ends ask for, by `NAMESPACE/NAME`; absent where there is none or it may not be
   * read.
   */
  readonly configMaps?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A kind that is served. */
export interface ServedKind {
  /** Whether there is any object of it. */
  readonly isUsed: boolean;
  /** The paths of its schema's fields below `spec`, such as `egressGateways`, where the schema is known. */
  readonly specFields?: ReadonlySet<string>;
  /** Labels of its definition. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * How sure a back end is that its network programs the cluster, the surest last: `absent`; `served`, its kinds are
 * there; `used`, there are objects of them; `at-work`, nodes carry what it writes; `announced`, the cluster says so.
 */
export type Certainty = 'absent' | 'served' | 'used' | 'at-work' | 'announced';

/** What a back end makes of the evidence. */
export interface Recognition {
  readonly certainty: Certainty;
  /** What it wants to know again when it plans; kept in the snapshot. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Whether a controller of the cluster's own tells the platform's interfaces what to carry, so that this project
   * leaves them alone: `at-work`, nodes show it; `expected`, it has not come to them yet. Asked again whenever nodes
   * change.
   */
  readonly clusterAttaches?: 'at-work' | 'expected';
}
