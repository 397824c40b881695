import { parseAddress } from '../address/address.ts';
import { labelledByUsAnnotation } from './names.ts';
import { ObjectReader, type Read } from './object-reader.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** Reads a Node. Never throws. */
export function readNode(object: unknown): Read<NodeSnapshot> {
  const reader = new ObjectReader(object, 'Node');
  const annotation = (key: string): string | undefined => reader.text('metadata', 'annotations', key);
  const providerID = reader.text('spec', 'providerID');
  const bootID = reader.text('status', 'nodeInfo', 'bootID');
  const egressIPConfig = annotation('cloud.network.openshift.io/egress-ipconfig');
  const primaryInterfaceAddress = annotation('k8s.ovn.org/node-primary-ifaddr');
  const hostCIDRs = annotation('k8s.ovn.org/host-cidrs');
  return reader.result({
    name: reader.name,
    labels: reader.map('metadata', 'labels'),
    ready: isReady(reader),
    addresses: addressesOf(reader),
    ...(providerID === undefined ? {} : { providerID }),
    ...(bootID === undefined ? {} : { bootID }),
    ...(egressIPConfig === undefined ? {} : { egressIPConfig }),
    ...(primaryInterfaceAddress === undefined ? {} : { primaryInterfaceAddress }),
    ...(hostCIDRs === undefined ? {} : { hostCIDRs }),
    ...(annotation(labelledByUsAnnotation) === undefined ? {} : { labelledByUs: true }),
  });
}

/** A condition that is not there, or not understood, is not True. */
function isReady(reader: ObjectReader): boolean {
  return reader.list('status', 'conditions').some((entry) => {
    const { type, status } = fields(entry);
    return type === 'Ready' && status === 'True';
  });
}

/** `status.addresses` holds host names too: only what is an address counts. */
function addressesOf(reader: ObjectReader): readonly string[] {
  return reader.list('status', 'addresses').flatMap((entry) => {
    const { address } = fields(entry);
    return typeof address === 'string' && parseAddress(address) !== undefined ? [address] : [];
  });
}

function fields(entry: unknown): Readonly<Record<string, unknown>> {
  return typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
}
