import { parseAddress, type ProviderErrorDescription } from '@egressip-ipam/core';
import type { InterfaceChangeKind } from '../ec2/ec2-api.ts';
import type { InterfaceFacts } from '../ec2/interface-facts.ts';

/** What became of a task: undefined when it is done. */
export type Outcome = ProviderErrorDescription | undefined;

/** One change of one address on one interface. */
export interface Task {
  readonly kind: InterfaceChangeKind;
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly interfaceId: string;
  /** With `reassign`: the interface that the address is taken from. */
  readonly fromInterfaceId?: string;
  /** A task whose signal is aborted is not begun. */
  readonly signal: AbortSignal;
}

/** Interfaces as they were seen, by ID. */
export type Interfaces = ReadonlyMap<string, InterfaceFacts>;

/** Whether EC2 shows what the task wants. */
export function isFulfilled({ kind, address, interfaceId, fromInterfaceId }: Task, interfaces: Interfaces): boolean {
  const carries = (id: string): boolean =>
    interfaces.get(id)?.addresses.some((entry) => entry.address === address) === true;
  if (kind === 'detach') return !carries(interfaceId);
  return carries(interfaceId) && (fromInterfaceId === undefined || !carries(fromInterfaceId));
}

/** What stands against a task before EC2 is asked: no interface, the primary address. */
export function obstacle({ kind, address, interfaceId }: Task, facts: InterfaceFacts | undefined): Outcome {
  if (facts === undefined) {
    return kind === 'detach'
      ? undefined
      : {
          class: 'not-found',
          code: 'InvalidNetworkInterfaceID.NotFound',
          message: `interface ${interfaceId} is gone, so ${address} cannot be put there; look at the nodes again`,
        };
  }
  if (facts.addresses.some((entry) => entry.primary && entry.address === address)) {
    return {
      class: 'permanent',
      message: `${address} is the primary address of interface ${interfaceId} and stays there; choose another address`,
    };
  }
  return undefined;
}

/** The failure of what was cut short. */
export function cutShort(what: string): ProviderErrorDescription {
  return { class: 'unknown', message: `${what} was cut short; look again to see whether it happened` };
}

/** The family of a canonical address. */
export function familyOfText(address: string): 4 | 6 {
  return typeof parseAddress(address) === 'bigint' ? 6 : 4;
}
