import type { ApiObject } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { FieldError } from '../schema/field-error.ts';
import { invalidValue } from '../schema/field-error.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** What distinguishes one built-in kind from another, beside its names and schema. */
export type BuiltInRules = Partial<
  Pick<
    ResourceDefinition,
    | 'nameRule'
    | 'updatesUnconditionally'
    | 'createsOnUpdate'
    | 'countsGenerations'
    | 'validate'
    | 'prepareCreate'
    | 'prepareUpdate'
    | 'selectableFields'
  >
>;

const nested = (object: ApiObject, field: string): Record<string, unknown> => {
  const value = object[field];
  return isRecord(value) ? value : {};
};

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

const labelNamespace = ({ metadata }: ApiObject): void => {
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
};

/** Namespaces carry their name as a label, a phase, and a finalizer of their own in `spec`. */
export const namespaceRules: BuiltInRules = {
  prepareCreate(namespace) {
    labelNamespace(namespace);
    namespace['spec'] = { finalizers: ['kubernetes'] };
    namespace['status'] = { phase: 'Active' };
  },
  prepareUpdate(namespace, old, subresource) {
    labelNamespace(namespace);
    const spec = subresource === 'finalize' ? namespace['spec'] : old['spec'];
    const { finalizers } = isRecord(spec) ? spec : {};
    namespace['spec'] = Array.isArray(finalizers) && finalizers.length > 0 ? { finalizers } : {};
  },
  selectableFields: (namespace) => ({ 'status.phase': text(nested(namespace, 'status')['phase']) }),
};

/** Nodes begin with a taint, which the node lifecycle controller takes away from a ready one. */
export const nodeRules: BuiltInRules = {
  prepareCreate(node) {
    const spec = nested(node, 'spec');
    const taints: unknown[] = Array.isArray(spec['taints']) ? spec['taints'] : [];
    if (taints.some((taint) => isRecord(taint) && taint['key'] === notReadyTaint.key)) return;
    node['spec'] = { ...spec, taints: [...taints, notReadyTaint] };
  },
  selectableFields: (node) => ({ 'spec.unschedulable': String(nested(node, 'spec')['unschedulable'] === true) }),
};

const notReadyTaint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

function validateEvent(event: ApiObject): FieldError[] {
  const { namespace } = nested(event, 'involvedObject');
  const expected = namespace === undefined || namespace === '' ? 'default' : namespace;
  if (expected === event.metadata.namespace || (!namespace && event.metadata.namespace === 'kube-system')) return [];
  return [invalidValue('involvedObject.namespace', text(namespace), 'does not match event.namespace')];
}

/** Events: in the namespace of what they are about; about a cluster-scoped object, in `default`. */
export const eventRules: BuiltInRules = {
  createsOnUpdate: true,
  validate: validateEvent,
  selectableFields(event) {
    const about = nested(event, 'involvedObject');
    const fields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
    return {
      ...Object.fromEntries(fields.map((field) => [`involvedObject.${field}`, text(about[field])])),
      reason: text(event['reason']),
      reportingComponent: text(event['reportingComponent']),
      source: text(nested(event, 'source')['component'] ?? event['reportingComponent']),
      type: text(event['type']),
    };
  },
};

/** Secrets: `stringData` is write-only and ends up in `data`. */
export const secretRules: BuiltInRules = {
  prepareCreate: encodeStringData,
  prepareUpdate: encodeStringData,
  selectableFields: (secret) => ({ type: text(secret['type']) }),
};

function encodeStringData(secret: ApiObject): void {
  const { stringData } = secret;
  if (isRecord(stringData)) {
    const encoded = Object.entries(stringData).map(([key, value]) => [
      key,
      Buffer.from(text(value)).toString('base64'),
    ]);
    secret['data'] = { ...nested(secret, 'data'), ...Object.fromEntries(encoded) };
  }
  delete secret['stringData'];
  secret['type'] ??= 'Opaque';
}

function validateLease(lease: ApiObject): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = nested(lease, 'spec');
  return [
    ...(typeof leaseDurationSeconds === 'number' && leaseDurationSeconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(typeof leaseTransitions === 'number' && leaseTransitions < 0
      ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
      : []),
  ];
}

/** Leases: a PUT creates, but never overwrites without a resourceVersion. */
export const leaseRules: BuiltInRules = {
  updatesUnconditionally: false,
  createsOnUpdate: true,
  validate: validateLease,
};
