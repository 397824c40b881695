import type { KubernetesObject } from '@egressip-ipam/kube';
import { canonicalAddress, isVersion6 } from '../stand-in/addresses.ts';

/** The annotation that names the EgressIP for which a CloudPrivateIPConfig was made. */
export const ownerAnnotation = 'k8s.ovn.org/egressip-owner-ref';

/** A CloudPrivateIPConfig: one address that is to be on a node's cloud interface. */
export interface CloudAddress {
  readonly name: string;
  /** Canonical. */
  readonly address: string;
  /** Name of the EgressIP; empty when nobody is named. */
  readonly owner: string;
  /** Where it is to be. */
  readonly node: string;
  readonly deleting: boolean;
  /** `assigned`: the cloud has it on `node`; `failed`: the cloud refused; else it is on its way. */
  readonly state: 'pending' | 'assigned' | 'failed';
  readonly message: string;
}

interface CloudPrivateIpConfig {
  readonly spec?: { readonly node?: string };
  readonly status?: {
    readonly node?: string;
    readonly conditions?: readonly { readonly status: string; readonly message?: string }[];
  };
}

/** Reads a CloudPrivateIPConfig; undefined when its name is no address. */
export function readCloudAddress(object: KubernetesObject & CloudPrivateIpConfig): CloudAddress | undefined {
  const { name, annotations, deletionTimestamp } = object.metadata;
  const address = addressOfConfigName(name);
  if (address === undefined) return undefined;
  const node = object.spec?.node ?? '';
  const condition = object.status?.conditions?.[0];
  const here = object.status?.node === node;
  return {
    name,
    address,
    node,
    owner: annotations?.[ownerAnnotation] ?? '',
    deleting: deletionTimestamp !== undefined,
    state:
      condition?.status === 'True' && here ? 'assigned' : condition?.status === 'False' && here ? 'failed' : 'pending',
    message: condition?.message ?? '',
  };
}

/** The name of an address' CloudPrivateIPConfig: IPv6 written out in full, with dots in place of colons. */
export function configNameOf(address: string): string {
  if (!isVersion6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join('.');
}

/** The address of a CloudPrivateIPConfig's name, canonical; undefined when it is none. */
export function addressOfConfigName(name: string): string | undefined {
  return canonicalAddress(/^[0-9a-f]{4}(\.[0-9a-f]{4}){7}$/.test(name) ? name.replaceAll('.', ':') : name);
}
