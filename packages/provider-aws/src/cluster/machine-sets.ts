import { type ClusterObjects, type ClusterRead } from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';

const subnetPath = ['spec', 'template', 'spec', 'providerSpec', 'value', 'subnet'];

/** OpenShift's groups of machines, which name subnets. */
export const machineSetsRead: ClusterRead = {
  resource: { group: 'machine.openshift.io', version: 'v1beta1', plural: 'machinesets', kind: 'MachineSet' },
  namespace: 'openshift-machine-api',
  keep: (object) => ofPath(subnetPath, valueAt(subnetPath, object)),
};

/** Which subnet new machines get, as a MachineSet's provider spec names it. */
export interface SubnetReference {
  readonly id?: string;
  readonly arn?: string;
  /** EC2's own filters, such as `tag:Name`. */
  readonly filters?: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** The subnets that MachineSets name. */
export function subnetReferences(objects: ClusterObjects | undefined): readonly SubnetReference[] {
  return (objects?.('MachineSet') ?? []).flatMap((machineSet) => readReference(machineSet) ?? []);
}

/** `spec.template.spec.providerSpec.value.subnet`: an ID, an ARN, or filters. */
function readReference(machineSet: unknown): SubnetReference | undefined {
  const { id, arn, filters } = asRecord(valueAt(subnetPath, machineSet));
  const read: SubnetReference = {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof arn === 'string' ? { arn } : {}),
    ...(Array.isArray(filters) ? { filters: filters.flatMap(readFilter) } : {}),
  };
  return Object.keys(read).length === 0 ? undefined : read;
}

function valueAt(path: readonly string[], object: unknown): unknown {
  return path.reduce((value, key) => asRecord(value)[key], object);
}

/** An object with nothing but a value at a path. */
function ofPath(path: readonly string[], value: unknown): object {
  return asRecord(path.reduceRight((inner, key) => ({ [key]: inner }), value));
}

function readFilter(filter: unknown): { name: string; values: string[] }[] {
  const { name, values } = asRecord(filter);
  if (typeof name !== 'string' || !Array.isArray(values)) return [];
  return [{ name, values: values.filter((value) => typeof value === 'string') }];
}
