import { column, defineCrd } from './define-crd.ts';
import {
  anyFields,
  atomicList,
  boolean,
  int32,
  int64,
  listByKey,
  mapOf,
  object,
  oneOf,
  required,
  text,
  time,
} from './schema.ts';
import { labelSelector, qualifiedName } from './selectors.ts';

const metadata = object({
  annotations: mapOf(text()),
  generateName: text(),
  labels: mapOf(text()),
  name: text(),
  namespace: text(),
  ownerReferences: listByKey(
    'uid',
    object(
      {
        apiVersion: text(),
        blockOwnerDeletion: boolean,
        controller: boolean,
        kind: text(),
        name: text(),
        uid: text(),
      },
      { 'x-kubernetes-map-type': 'atomic', ...required('apiVersion', 'kind', 'name', 'uid') },
    ),
  ),
});

const hooks = listByKey(
  'name',
  object(
    {
      name: text({ maxLength: 256, minLength: 3, pattern: qualifiedName }),
      owner: text({ maxLength: 512, minLength: 3 }),
    },
    required('name', 'owner'),
  ),
);

/** OpenShift's set of equal machines, whose template tells region, zone and subnet. */
export const machineSetCrd = defineCrd({
  group: 'machine.openshift.io',
  version: 'v1beta1',
  kind: 'MachineSet',
  plural: 'machinesets',
  namespaced: true,
  hasStatus: true,
  scale: {
    labelSelectorPath: '.status.labelSelector',
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
  },
  columns: [
    column('Desired', '.spec.replicas', 'integer'),
    column('Current', '.status.replicas', 'integer'),
    column('Ready', '.status.readyReplicas', 'integer'),
    column('Available', '.status.availableReplicas'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
  fields: {
    spec: object({
      deletePolicy: oneOf(['Random', 'Newest', 'Oldest']),
      minReadySeconds: int32(),
      replicas: int32({ default: 1 }),
      selector: labelSelector,
      template: object({
        metadata,
        spec: object({
          lifecycleHooks: object({ preDrain: hooks, preTerminate: hooks }),
          metadata,
          providerID: text(),
          providerSpec: object({ value: anyFields }),
          taints: atomicList(
            object({ effect: text(), key: text(), timeAdded: time, value: text() }, required('effect', 'key')),
          ),
        }),
      }),
    }),
    status: object({
      availableReplicas: int32(),
      conditions: listByKey(
        'type',
        object(
          { lastTransitionTime: time, message: text(), reason: text(), severity: text(), status: text(), type: text() },
          required('lastTransitionTime', 'status', 'type'),
        ),
      ),
      errorMessage: text(),
      errorReason: text(),
      fullyLabeledReplicas: int32(),
      labelSelector: text({ maxLength: 4096, minLength: 1 }),
      observedGeneration: int64(),
      readyReplicas: int32(),
      replicas: int32(),
    }),
  },
});
