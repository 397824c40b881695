import type { NetworkBackend } from '../network-contract/backend.ts';
import type { ResourceReference } from '../kubernetes/resource-reference.ts';
import type { KubernetesWrite } from '../kubernetes/kubernetes-write.ts';
import type { InterfaceStep, Step } from '../network-contract/step.ts';
import { allocatedAnnotation, egressIPsAnnotation } from '../snapshot/names.ts';

/** Where EgressIPAMs are served. */
export const egressIPAMResource: ResourceReference = {
  group: 'redhatcop.redhat.io',
  version: 'v1alpha1',
  plural: 'egressipams',
  kind: 'EgressIPAM',
};

/** Where namespaces are served. */
export const namespaceResource: ResourceReference = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
};

/** Whether a step changes a node's interface, which is a provider's business and no write to Kubernetes. */
export function isInterfaceStep(step: Step): step is InterfaceStep {
  return step.kind === 'attach' || step.kind === 'detach' || step.kind === 'move';
}

/**
 * The Kubernetes write of a step, so that whoever uses the library can carry a plan out.
 *
 * @param backend the back end that the plan was made with
 *
 * @example
 * ```ts
 * import { isInterfaceStep, plan, writeOf, type ClusterSnapshot, type NetworkBackend } from '@egressip-ipam/core';
 * import { readySteps } from '@egressip-ipam/core/simulate';
 *
 * // Again and again, each time from a new snapshot: a step may start once nothing is left in its `after`.
 * export function writesFor(snapshot: ClusterSnapshot, backend: NetworkBackend) {
 *   const ready = readySteps(plan(snapshot, backend));
 *   return ready.flatMap((step) => (isInterfaceStep(step) ? [] : [writeOf(step, backend)]));
 * }
 * ```
 */
export function writeOf(step: Exclude<Step, InterfaceStep>, backend: NetworkBackend): KubernetesWrite {
  switch (step.kind) {
    case 'finalizer':
      return patch(egressIPAMResource, step.egressIPAM, { metadata: { finalizers: step.finalizers } });
    case 'remember':
      return {
        ...patch(egressIPAMResource, step.egressIPAM, { status: { released: step.released } }),
        subresource: 'status',
      };
    case 'annotate': {
      const { egressIPs, allocated } = step;
      const list = egressIPs === undefined ? {} : { [egressIPsAnnotation]: egressIPs };
      const annotations = { ...list, [allocatedAnnotation]: allocated };
      return patch(namespaceResource, step.namespace, { metadata: { annotations } });
    }
    case 'network':
      return backend.write(step);
  }
}

type Patch = Extract<KubernetesWrite, { verb: 'patch' }>;

function patch(resource: ResourceReference, name: string, body: Patch['body']): Patch {
  return { verb: 'patch', resource, name, body, conditional: true };
}
