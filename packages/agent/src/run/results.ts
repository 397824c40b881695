import type { AddressResult, AddressState, ReportedInterface } from '../egress-node/egress-node.ts';
import { isNeverUsed, usableInterfaces } from '../kernel/choose-interface.ts';
import { isFullLength, servedSubnets, type KernelAddress, type KernelInterface } from '../kernel/interfaces.ts';
import type { Decision, OwnAddress } from '../kernel/reconcile.ts';

/** What is known beside the decisions. */
export interface ResultFacts {
  /** What is on the interfaces and ours although it is not wanted any more. */
  readonly left: readonly OwnAddress[];
  readonly duplicateMAC: (address: string) => string | undefined;
  /** What the kernel said against the last changes. */
  readonly refusal: string;
  /** Addresses that the kernel does not show although they were put. */
  readonly refused: ReadonlySet<string>;
  /** Interfaces on which the kernel answers nobody for an IPv4 address of ours. */
  readonly silent: readonly string[];
  /** How often each was taken away by somebody else. */
  readonly restored: ReadonlyMap<string, number>;
}

/** Results as they are now; `since` is the time of now where a result is another than before. */
export function resultsOf(
  decisions: readonly Decision[],
  facts: ResultFacts,
  former: readonly AddressResult[],
  now: string,
): readonly AddressResult[] {
  const before = new Map(former.map((result) => [result.address, result]));
  const left = facts.left.map(({ address, interface: device }): Untimed => ({
    address,
    state: 'Held',
    interface: device,
    message: 'it is on its way off the node',
  }));
  return [...decisions.map((decision) => resultOf(decision, facts)), ...left]
    .map((result) => ({ ...result, since: sinceOf(result, before.get(result.address)) ?? now }))
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

type Untimed = Omit<AddressResult, 'since'>;

function sinceOf(result: Untimed, former: AddressResult | undefined): string | undefined {
  return former?.state === result.state && former.interface === result.interface ? former.since : undefined;
}

function resultOf({ address, interface: device, isPresent, obstacle, beside }: Decision, facts: ResultFacts): Untimed {
  const as = (state: AddressState, message?: string): Untimed => ({
    address,
    state,
    ...(device === undefined ? {} : { interface: device }),
    ...(message === undefined ? {} : { message }),
  });
  if (isPresent) {
    if (facts.refused.has(address)) return as('Failed', `the kernel refuses it: ${facts.refusal}`);
    if (beside !== undefined)
      return as('Held', `somebody else put it there, too, as ${beside}, which stays when it leaves; take that off`);
    const times = facts.restored.get(address);
    return as('Held', times === undefined ? undefined : restoredMessage(times));
  }
  switch (obstacle) {
    case 'duplicate': {
      const mac = facts.duplicateMAC(address) ?? '';
      return {
        ...as('Duplicate', `the machine with MAC address ${mac} answers for it; it is not used before that ends`),
        duplicateMAC: mac,
      };
    }
    case 'foreign':
      return as('Foreign', 'it is on this node already, put there by somebody else, and is left alone');
    case 'no-interface':
      return as('NoInterface', noInterface(facts.silent));
    case 'kept':
      return as('NoInterface', 'it is the own or the broadcast address of its subnet, which no machine can have');
    case 'no-hold':
      return as('Probing', 'the Lease of this agent is not renewed, so that no address may be taken');
    default:
      return as('Probing', 'it is being found out whether another machine has it');
  }
}

function noInterface(silent: readonly string[]): string {
  const message = 'no interface of this node that is up and plugged in has a subnet with it';
  return silent.length === 0
    ? message
    : `${message}, beside ${silent.join(', ')}, where the kernel answers nobody for it (arp_ignore of 3 or 8); set arp_ignore to 2 or less`;
}

/** Each other number would be another write of the node's object. */
function restoredMessage(times: number): string {
  const atLeast = 2 ** Math.floor(Math.log2(times));
  return `somebody else took it off the node ${atLeast} times${atLeast > 2 ? ' or more' : ''}, and it was put back`;
}

/**
 * What of the interfaces is reported: those that addresses may come to, and what they carry that is not ours. Of others
 * the addresses that stand alone, such as one of a load balancer on `lo`: the node answers for them all the same.
 */
export function reportedInterfaces(
  interfaces: readonly KernelInterface[],
  own: readonly OwnAddress[],
): readonly ReportedInterface[] {
  const ours = new Set(own.map(({ address, interface: device }) => `${address} ${device}`));
  const isOurs = ({ name }: KernelInterface, one: KernelAddress): boolean =>
    isFullLength(one) && ours.has(`${one.address} ${name}`);
  const usable = usableInterfaces(interfaces);
  const alone = interfaces.flatMap((one): readonly ReportedInterface[] => {
    if (usable.includes(one) || isNeverUsed(one)) return [];
    const addresses = one.addresses
      .filter((address) => isFullLength(address) && !isOurs(one, address))
      .flatMap(({ address }) => (address === '::1' || address.startsWith('127.') ? [] : [address]));
    return addresses.length === 0 ? [] : [{ name: one.name, subnets: [], addresses: addresses.sort() }];
  });
  const reported = usable.map((one) => ({
    name: one.name,
    ...(one.mac === undefined ? {} : { mac: one.mac }),
    subnets: [...servedSubnets(one)].sort(),
    addresses: one.addresses
      .filter((address) => !isOurs(one, address))
      .map(({ address }) => address)
      .sort(),
  }));
  return [...reported, ...alone];
}
