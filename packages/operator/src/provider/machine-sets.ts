import type { SubnetReference } from '@egressip-ipam/core';
import { Reflector, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { isServed } from '../network/choose-network.ts';
import { machineSets } from '../network/resources.ts';

const machineNamespace = 'openshift-machine-api';

/** The subnets that OpenShift's MachineSets name, as they are now. */
export interface MachineSetSubnets {
  list(): readonly SubnetReference[];
  stop(): Promise<void>;
}

/** Watches the MachineSets, where the cluster has them. */
export async function watchMachineSets(rest: RestClient, onError: (error: unknown) => void): Promise<MachineSetSubnets> {
  if (!(await isServed(rest, machineSets))) return { list: () => [], stop: () => Promise.resolve() };
  const keys = new Set<string>();
  const reflector = new Reflector<SubnetReference>({
    client: new ResourceClient(rest, machineSets),
    namespace: machineNamespace,
    project: subnetOf,
    onChange: ({ key }) => void keys.add(key),
    onError,
  });
  reflector.start();
  return { list: () => [...keys].sort().flatMap((key) => reflector.store.get(key) ?? []), stop: () => reflector.stop() };
}

/** `spec.template.spec.providerSpec.value.subnet` of a MachineSet: an id, an ARN, or filters. */
function subnetOf(object: unknown): SubnetReference | undefined {
  const subnet = ['spec', 'template', 'spec', 'providerSpec', 'value', 'subnet'].reduce<unknown>((value, key) => asRecord(value)[key], object);
  const { id, arn, filters } = asRecord(subnet);
  const read: SubnetReference = {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof arn === 'string' ? { arn } : {}),
    ...(Array.isArray(filters) ? { filters: filters.flatMap(readFilter) } : {}),
  };
  return Object.keys(read).length === 0 ? undefined : read;
}

function readFilter(filter: unknown): { name: string; values: string[] }[] {
  const { name, values } = asRecord(filter);
  return typeof name === 'string' && Array.isArray(values) ? [{ name, values: values.filter((value) => typeof value === 'string') }] : [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
