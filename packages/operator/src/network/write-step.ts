import {
  allocatedAnnotation,
  egressAssignableLabel,
  egressIPsAnnotation,
  fieldManager,
  finalizerName,
  hostedCIDRsAnnotation,
  hostedIPsAnnotation,
  labelledByUsAnnotation,
  ownershipLabel,
  type ApplyEgressIPStep,
  type Step,
} from '@egressip-ipam/core';
import { ResourceClient, type KubernetesObject, type Resource, type RestClient } from '@egressip-ipam/kube';
import type { ClusterStore } from '../store/cluster-store.ts';
import * as resources from './resources.ts';

/** The steps that are Kubernetes writes. */
export type WriteStep = Exclude<Step, { kind: 'attach' | 'detach' | 'move' }>;

/** What the executor has to know of the object that a step writes. */
export interface Target {
  readonly name: string;
  readonly changedSince: (sequence: number) => boolean;
  readonly sequence: number;
  /** Another number for each object of this name. An EgressIP is ours to make, and the same one however often. */
  readonly incarnation: number;
  /** A write begins that may put these addresses there. */
  readonly begin: (addresses: readonly string[]) => void;
  /** Takes in an answer; whether the object is still as it says. */
  readonly observe: (object: KubernetesObject) => boolean;
  readonly settle: (ended: boolean) => void;
  /** The write has ended, in whatever way. */
  readonly end: () => void;
  readonly read: () => Promise<KubernetesObject>;
}

/** The object that a step writes. */
export function targetOf(store: ClusterStore, step: WriteStep): Target | undefined {
  const name = objectNameOf(step);
  const collection = collectionOf(store, step);
  if (collection === undefined) return undefined;
  return {
    name,
    changedSince: (sequence) => collection.changedSince(name, sequence),
    sequence: collection.sequence,
    incarnation: collection === store.egressIPs ? 0 : collection.incarnationOf(name),
    begin: (addresses) => collection.begin(name, addresses),
    observe: (object) => collection.observe(object),
    settle: (ended) => collection.settle(name, ended),
    end: () => collection.end(name),
    read: () => collection.client.get({ name }),
  };
}

function collectionOf(store: ClusterStore, step: WriteStep): ClusterStore['namespaces'] | NonNullable<ClusterStore['hostSubnets' | 'netNamespaces' | 'egressIPs']> | ClusterStore['egressIPAMs'] | ClusterStore['nodes'] | undefined {
  switch (step.kind) {
    case 'finalizer':
    case 'remember':
      return store.egressIPAMs;
    case 'annotate':
      return store.namespaces;
    case 'host':
      return store.hostSubnets;
    case 'claim':
      return store.netNamespaces;
    case 'label-node':
      return store.nodes;
    case 'apply-egress-ip':
    case 'delete-egress-ip':
      return store.egressIPs;
  }
}

function objectNameOf(step: WriteStep): string {
  switch (step.kind) {
    case 'finalizer':
    case 'remember':
      return step.egressIPAM;
    case 'annotate':
    case 'claim':
      return step.namespace;
    case 'host':
    case 'label-node':
      return step.node;
    case 'apply-egress-ip':
    case 'delete-egress-ip':
      return step.name;
  }
}

/** The addresses that a write may put where they are not yet. */
export function addressesAtStake(step: WriteStep): readonly string[] {
  switch (step.kind) {
    case 'annotate':
      return step.allocated === null ? [] : step.addresses;
    case 'host':
      return step.added;
    case 'claim':
    case 'apply-egress-ip':
      return step.egressIPs;
    default:
      return [];
  }
}

/** Carries out one step. Every patch names the version it was decided on, so that nothing newer is overwritten. */
export async function writeStep(rest: RestClient, store: ClusterStore, step: WriteStep): Promise<KubernetesObject | undefined> {
  const patch = (resource: Resource, name: string, body: Readonly<Record<string, unknown>>, version: string | undefined, subresource?: string): Promise<KubernetesObject> => {
    const metadata = { ...(body['metadata'] as Readonly<Record<string, unknown>> | undefined), ...(version === undefined ? {} : { resourceVersion: version }) };
    return new ResourceClient(rest, resource).mergePatch({ name }, { ...body, metadata }, subresource === undefined ? {} : { subresource });
  };
  switch (step.kind) {
    case 'finalizer': {
      const others = store.egressIPAMs.list().find(({ name }) => name === step.egressIPAM)?.finalizers?.filter((name) => name !== finalizerName) ?? [];
      const finalizers = step.present ? [...others, finalizerName] : others;
      return patch(resources.egressIPAMs, step.egressIPAM, { metadata: { finalizers } }, store.egressIPAMs.resourceVersionOf(step.egressIPAM));
    }
    case 'remember':
      return patch(resources.egressIPAMs, step.egressIPAM, { status: { released: step.released } }, store.egressIPAMs.resourceVersionOf(step.egressIPAM), 'status');
    case 'annotate': {
      const annotations = { ...(step.egressIPs === undefined ? {} : { [egressIPsAnnotation]: step.egressIPs }), [allocatedAnnotation]: step.allocated };
      return patch(resources.namespaces, step.namespace, { metadata: { annotations } }, store.namespaces.resourceVersionOf(step.namespace));
    }
    case 'host': {
      const body = {
        metadata: { annotations: { [hostedIPsAnnotation]: step.hostedIPs, [hostedCIDRsAnnotation]: step.hostedCIDRs } },
        ...(step.egressIPs === undefined ? {} : { egressIPs: step.egressIPs }),
        ...(step.egressCIDRs === undefined ? {} : { egressCIDRs: step.egressCIDRs }),
      };
      return patch(resources.hostSubnets, step.node, body, store.hostSubnets?.resourceVersionOf(step.node));
    }
    case 'claim':
      return patch(resources.netNamespaces, step.namespace, { egressIPs: step.egressIPs }, store.netNamespaces?.resourceVersionOf(step.namespace));
    case 'label-node': {
      const value = step.present ? '' : null;
      return patch(resources.nodes, step.node, { metadata: { labels: { [egressAssignableLabel]: value }, annotations: { [labelledByUsAnnotation]: value } } }, undefined);
    }
    case 'apply-egress-ip':
      return applyEgressIP(rest, step);
    case 'delete-egress-ip':
      await new ResourceClient(rest, resources.egressIPs).delete({ name: step.name });
      return undefined;
  }
}

/** Labels and spec alone: its status and its annotations are OVN-Kubernetes' own. */
function applyEgressIP(rest: RestClient, step: ApplyEgressIPStep): Promise<KubernetesObject> {
  const object = {
    metadata: { name: step.name, labels: { [ownershipLabel]: step.egressIPAM } },
    spec: {
      egressIPs: step.egressIPs,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': step.namespace } },
      ...(step.egressNodeSelector === undefined ? {} : { egressNodeSelector: step.egressNodeSelector }),
      ...(step.clearsPodSelector === true ? { podSelector: {} } : {}),
    },
  };
  return new ResourceClient(rest, resources.egressIPs).apply(object, { fieldManager, force: true });
}
