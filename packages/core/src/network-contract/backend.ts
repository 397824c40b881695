import type { Address } from '../address/address.ts';
import type { Finding } from '../finding/finding.ts';
import type { NetworkObjects, NodeSnapshot } from '../snapshot/snapshot.ts';
import type { NetworkDecisions } from './decisions.ts';
import type { NetworkFacts, NetworkPlatform, NetworkView } from './facts.ts';
import type { NetworkKind } from './kind.ts';
import type { ResourceReference } from '../kubernetes/resource-reference.ts';
import type { KubernetesWrite } from '../kubernetes/kubernetes-write.ts';
import type { ClusterEvidence, Recognition } from './recognition.ts';
import type { NetworkStep, Precondition } from './step.ts';
import type { UnassignedGuard } from './unassigned-guard.ts';
import type { NetworkTraits } from './traits.ts';

/** What a back end made of decisions. */
export interface Rendering {
  readonly steps: readonly NetworkStep[];
  /** What the network has made of what namespaces were given, and what stands in its way. */
  readonly findings: readonly Finding[];
  /**
   * By position of the claim: what the network has made of its addresses, in the network's own word, where it has any.
   */
  readonly states?: readonly (string | undefined)[];
  /**
   * Namespaces some of whose addresses, or of those that these replace, carry no traffic now, though a node has them by
   * the network's word.
   */
  readonly uncarried?: ReadonlyMap<string, readonly Address[]>;
  /**
   * Namespaces that objects of somebody else serve too, so that nobody can say by whose addresses their traffic leaves:
   * they are not called carried, and no traffic of theirs leaves with addresses of nodes for that.
   */
  readonly uncertain?: ReadonlySet<string>;
  /**
   * By address that a namespace gives back: what must be observed, beside the plan's steps, before it counts as given
   * back.
   */
  readonly beforeRelease?: ReadonlyMap<Address, readonly Precondition[]>;
  /** When there will be something to do though nothing changes until then; milliseconds since 1970. */
  readonly wakeAt?: number;
}

/** Reads a network's facts, snapshot after snapshot. It may remember what it made of an object, by the object. */
export interface FactsReader {
  read(view: NetworkView): NetworkFacts;
}

/** Labels and annotations that a write changes on a node, for simulations. */
export interface SimulatedNetwork {
  readonly objects: NetworkObjects;
  readonly nodes: readonly NodeSnapshot[];
}

/** A binding that a person made, which this project may take over without an interruption. */
export interface AdoptableBinding {
  /** The object's kind and name. */
  readonly object: { readonly kind: string; readonly name: string };
  /** The namespace it is for, as far as it is for one. */
  readonly namespace?: string;
  /** Canonical text. */
  readonly addresses: readonly string[];
  /** Why it cannot be taken over, and the way out. */
  readonly refusal?: string;
}

/**
 * What programs the traffic. A back end is pure: it tells facts and renders decisions; core owns who gets what, where
 * and in which order. Add one by a package that exports it as `network`.
 */
export interface NetworkBackend {
  /** The version of this contract. */
  readonly specificationVersion: 'v1';
  /** Short name, such as `plain`. */
  readonly name: string;
  /** What people call the network, such as `Acme Network`. */
  readonly title: string;
  readonly kinds: readonly NetworkKind[];
  /**
   * Kinds with namespaces of which it matters how many objects each claiming one has; counted now and then, where that
   * is permitted.
   */
  readonly counted?: readonly ResourceReference[];
  /** Keys of node annotations that it reads. */
  readonly nodeAnnotations: readonly string[];
  /** ConfigMaps that tell whether and how it works, as `NAMESPACE/NAME`. */
  readonly configMaps?: readonly string[];
  /**
   * Whether labels of its kinds' definitions tell, too, but for those that a cluster may lack; they may have to be
   * permitted to be read.
   */
  readonly readsDefinitions?: true;
  /**
   * What keeps a namespace's traffic from leaving while no node carries its addresses, where the network lets it out.
   */
  readonly guard?: UnassignedGuard;
  /** Verbs beyond `get`, `list` and `watch` that it needs on nodes. */
  readonly nodeVerbs?: readonly 'patch'[];
  /** Says whether it programs the cluster. */
  recognise(evidence: ClusterEvidence): Recognition;
  /** What core asks for in place of the name. */
  traits(settings: NetworkView['settings'], platform: NetworkPlatform): NetworkTraits;
  /** Makes a reader of facts; one that lives on may remember what it made of each object. */
  createFactsReader(): FactsReader;
  /** From decisions to writes. `facts` are those of its own reader. */
  render(decisions: NetworkDecisions, facts: NetworkFacts, view: NetworkView): Rendering;
  /** The Kubernetes write of a step. */
  write(step: NetworkStep): KubernetesWrite;
  /** What a step makes of the cluster, as the API server and the network would have it. */
  simulate(network: SimulatedNetwork, step: NetworkStep): SimulatedNetwork;
  /** Sentences about a step, for people: what it changes, from what to what. */
  describe(objects: NetworkObjects, step: NetworkStep): string;
  /** Sentences about every object of the network that names an address. */
  explain(objects: NetworkObjects, address: string): readonly string[];
  /** Bindings that people made, for those who want to hand them over. */
  adoptable?(objects: NetworkObjects): readonly AdoptableBinding[];
  /** Objects that the network makes for a new node or namespace by itself, for simulations and the library. */
  provision?(
    objects: NetworkObjects,
    added: { readonly nodes: readonly NodeSnapshot[]; readonly namespaces: readonly string[] },
  ): NetworkObjects;
  /** The objects once nodes are gone, for simulations. */
  withoutNodes?(objects: NetworkObjects, isGone: (node: string) => boolean): NetworkObjects;
}
