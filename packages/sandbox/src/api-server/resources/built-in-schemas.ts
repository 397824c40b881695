import type { StructuralSchema } from '../schema/structural-schema.ts';

const string: StructuralSchema = { type: 'string' };
const boolean: StructuralSchema = { type: 'boolean' };
const integer: StructuralSchema = { type: 'integer', format: 'int32' };
const time: StructuralSchema = { type: 'string', format: 'date-time', nullable: true };
const microTime: StructuralSchema = { type: 'string', format: 'micro-time', nullable: true };
const anything: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

// Go writes the zero values of fields that are not `omitempty`: clients do meet these nulls and empty strings.
function nullByDefault(schema: StructuralSchema): StructuralSchema {
  return { ...schema, default: null };
}
const emptyByDefault: StructuralSchema = { ...string, default: '' };

const object = (properties: Record<string, StructuralSchema>): StructuralSchema => ({ type: 'object', properties });
const mapOf = (additionalProperties: StructuralSchema): StructuralSchema => ({ type: 'object', additionalProperties });
const listOf = (items: StructuralSchema): StructuralSchema => ({ type: 'array', items });
const setOf = (items: StructuralSchema): StructuralSchema => ({ ...listOf(items), 'x-kubernetes-list-type': 'set' });
const keyedList = (key: string, properties: Record<string, StructuralSchema>): StructuralSchema => ({
  ...listOf(object(properties)),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
});

const conditionFields = {
  type: string,
  status: string,
  reason: string,
  message: string,
  lastTransitionTime: nullByDefault(time),
};
const conditions = keyedList('type', conditionFields);
const nodeConditions = keyedList('type', { ...conditionFields, lastHeartbeatTime: nullByDefault(time) });

const objectReference: StructuralSchema = {
  ...object({
    kind: string,
    namespace: string,
    name: string,
    uid: string,
    apiVersion: string,
    resourceVersion: string,
    fieldPath: string,
  }),
  'x-kubernetes-map-type': 'atomic',
};

const localReferences = keyedList('name', { name: string });

/** Namespace. Source of all schemas here: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/ */
export const namespaceSchema = object({
  spec: { ...object({ finalizers: listOf(string) }), default: {} },
  status: { ...object({ phase: string, conditions }), default: {} },
});

const nodeInfo = {
  ...object(
    Object.fromEntries(
      [
        'machineID',
        'systemUUID',
        'bootID',
        'kernelVersion',
        'osImage',
        'containerRuntimeVersion',
        'kubeletVersion',
        'kubeProxyVersion',
        'operatingSystem',
        'architecture',
      ].map((field) => [field, emptyByDefault]),
    ),
  ),
  'x-kubernetes-preserve-unknown-fields': true,
};

/** Node; the parts only a kubelet or a scheduler cares for are kept as they come. */
export const nodeSchema = object({
  spec: {
    ...object({
      podCIDR: string,
      podCIDRs: setOf(string),
      providerID: string,
      unschedulable: boolean,
      taints: listOf(object({ key: string, value: string, effect: string, timeAdded: time })),
      externalID: string,
      configSource: anything,
    }),
    default: {},
  },
  status: {
    ...object({
      capacity: mapOf(anything),
      allocatable: mapOf(anything),
      phase: string,
      conditions: nodeConditions,
      addresses: keyedList('type', { type: string, address: string }),
      daemonEndpoints: { ...anything, default: { kubeletEndpoint: { Port: 0 } } },
      nodeInfo: { ...nodeInfo, default: {} },
      images: listOf(anything),
      volumesInUse: listOf(string),
      volumesAttached: listOf(anything),
      config: anything,
      runtimeHandlers: listOf(anything),
      features: anything,
      declaredFeatures: listOf(string),
    }),
    default: {},
  },
});

/** Event of the core group. */
export const eventSchema = object({
  involvedObject: objectReference,
  related: objectReference,
  reason: string,
  message: string,
  source: { ...object({ component: string, host: string }), default: {} },
  firstTimestamp: nullByDefault(time),
  lastTimestamp: nullByDefault(time),
  count: integer,
  type: string,
  eventTime: nullByDefault(microTime),
  series: object({ count: integer, lastObservedTime: microTime }),
  action: string,
  reportingComponent: emptyByDefault,
  reportingInstance: emptyByDefault,
});

/** ConfigMap. */
export const configMapSchema = object({
  data: mapOf(string),
  binaryData: mapOf({ type: 'string', format: 'byte' }),
  immutable: boolean,
});

/** Secret. */
export const secretSchema = object({
  data: mapOf({ type: 'string', format: 'byte' }),
  stringData: mapOf(string),
  type: string,
  immutable: boolean,
});

/** ServiceAccount. */
export const serviceAccountSchema = object({
  secrets: keyedList('name', { name: string, namespace: string, kind: string, uid: string, apiVersion: string }),
  imagePullSecrets: localReferences,
  automountServiceAccountToken: boolean,
});

/** Lease of coordination.k8s.io/v1. */
export const leaseSchema = object({
  spec: object({
    holderIdentity: string,
    leaseDurationSeconds: integer,
    acquireTime: microTime,
    renewTime: microTime,
    leaseTransitions: integer,
    strategy: string,
    preferredHolder: string,
  }),
});

/** CustomResourceDefinition: kept as it comes; its own rules are in `custom-resource-definition.ts`. */
export const customResourceDefinitionSchema = object({
  spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  status: object({
    conditions: keyedList('type', { ...conditionFields, observedGeneration: { type: 'integer', format: 'int64' } }),
    acceptedNames: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    storedVersions: listOf(string),
  }),
});
