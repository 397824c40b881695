import type { FindingCode } from '../finding/codes.ts';
import type { Destinations } from './destinations.ts';

/** A table of the network's own that can become full. What finds no room in it is not carried by its address. */
export interface NetworkTable {
  /** What people call it: a label of metrics. */
  readonly name: string;
  readonly size: number;
  /** What is taken of it, by what the network's objects say and by pods as they are counted or reckoned. */
  readonly entries: number;
  /** Namespaces with entries whose pods are reckoned, as they were not counted. */
  readonly uncounted: number;
  /** What a namespace takes of it that gets its first address of some families. */
  readonly entriesFor: (namespace: string, egressIPAM: TableUser, families: ReadonlySet<4 | 6>) => number;
  /** Why a namespace waits for which there is no room, and the way out. */
  readonly full: { readonly code: FindingCode; readonly message: string };
}

/** What of an EgressIPAM tells how much its namespaces take of a table. */
export interface TableUser {
  readonly destinations: Destinations | undefined;
  readonly podsPerNamespace: number;
}

/** How many pods a namespace is reckoned to have where nothing else is said. */
export const defaultPodsPerNamespace = 10;
