import { cidrContains, parseAddress, parseCidr } from '@egressip-ipam/core/values';
import { servedSubnets, subnetsOf, type KernelInterface } from './interfaces.ts';

/** kube-proxy keeps the addresses of Services there, and nothing on it ever answers. */
const neverUsed = ['kube-ipvs0'];

/** Whether what an interface has is no concern of the network. */
export function isNeverUsed({ name }: Pick<KernelInterface, 'name'>): boolean {
  return neverUsed.includes(name);
}

/**
 * The interfaces that an address may come to: up, no loopback, with a subnet of their own. Bonds, VLANs and bridges
 * count; what is enslaved to them does not, though its addresses were left on it: questions sent from there are never
 * heard to be answered.
 */
export function usableInterfaces(interfaces: readonly KernelInterface[]): readonly KernelInterface[] {
  return interfaces.filter(
    (one) => one.isUp && !one.isLoopback && one.master === undefined && !isNeverUsed(one) && subnetsOf(one).length > 0,
  );
}

/**
 * The interface whose subnet has the address, the narrowest first, then the one that is longest there; undefined when
 * none has.
 */
export function chooseInterface(interfaces: readonly KernelInterface[], address: string): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const fitting = usableInterfaces(interfaces).flatMap(({ name, index, ...one }) =>
    servedSubnets({ name, index, ...one }).flatMap((subnet) => {
      const cidr = parseCidr(subnet)?.cidr;
      return cidr !== undefined && cidrContains(cidr, parsed)
        ? [{ name, index, length: Number(subnet.split('/')[1]) }]
        : [];
    }),
  );
  return fitting.sort((left, right) => right.length - left.length || left.index - right.index)[0]?.name;
}
