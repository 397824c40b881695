import type { NetworkBackend } from '../../network-contract/backend.ts';
import type { ClusterSnapshot, NetworkObjects, NodeSnapshot } from '../../snapshot/snapshot.ts';
import type { History } from './happening.ts';

/** What the laws need of a back end's author. */
export interface NetworkUnderTest {
  readonly backend: NetworkBackend;
  /** As `recognise` would tell them. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Gives a node what the network writes on it. */
  readonly dressNode?: (node: NodeSnapshot) => NodeSnapshot;
  /** What the network does by itself when objects or nodes have changed, such as placing addresses. */
  readonly react?: (snapshot: ClusterSnapshot) => ClusterSnapshot;
  /** The objects once a person has put an address on a node by hand; undefined where that is not possible there. */
  readonly hostByHand?: (objects: NetworkObjects, node: string, address: string) => NetworkObjects | undefined;
  /**
   * Where the network can be told nodes: those of each CIDR by themselves, as by default, or all of an EgressIPAM
   * together, of which it takes any.
   */
  readonly pinsBy?: 'cidr' | 'egressIPAM';
  /** Whether the laws are tried on a platform whose interfaces this project changes, too; true by default. */
  readonly attaches?: boolean;
}

/** What the suite needs of the test runner. */
export interface NetworkBackendSuite extends NetworkUnderTest {
  /** Shown as the name of the group. */
  readonly name: string;
  /** Random histories per law; 60 by default. */
  readonly runs?: number;
  /** The runner's `describe` (vitest, node:test, jest, mocha …). */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's `it`. */
  readonly it: (name: string, body: () => void) => unknown;
  /** The runner's `it.skip`: what does not apply to the network is named, and never passes unseen. */
  readonly skip: (name: string, body: () => void) => unknown;
}

/** Tries a law on one random history: throws where it is broken. */
export type Check = (initial: ClusterSnapshot, history: History) => void;

/** One law as a test: it throws an Error that tells what is broken. */
export interface NetworkLaw {
  readonly name: string;
  /** Why it does not apply to the network, if so. */
  readonly skipped?: string;
  /** Tries it on so many random histories. */
  readonly run: (runs: number) => void;
}
