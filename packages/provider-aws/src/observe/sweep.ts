import { ProviderError, type ProviderErrorDescription } from '@egressip-ipam/core';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { readInterface, type InterfaceFacts } from '../ec2/interface-facts.ts';

/** All interfaces of some subnets. */
export interface Sweep {
  /** Sorted by ID. */
  readonly interfaces: readonly InterfaceFacts[];
  /** Subnets whose interfaces could not be read, and why. */
  readonly unreadable: ReadonlyMap<string, ProviderErrorDescription>;
}

/** Subnets per question: what one filter takes, so that one failure leaves the other questions alone. */
const subnetsPerQuestion = 200;

/** Reads every interface of the subnets: all that uses an address there, whoever it belongs to. Never throws. */
export async function sweepInterfaces(api: Ec2Api, subnetIds: readonly string[]): Promise<Sweep> {
  const sorted = [...new Set(subnetIds)].sort();
  const interfaces = new Map<string, InterfaceFacts>();
  const unreadable = new Map<string, ProviderErrorDescription>();
  for (let start = 0; start < sorted.length; start += subnetsPerQuestion) {
    const asked = sorted.slice(start, start + subnetsPerQuestion);
    try {
      for (const shown of await api.describeNetworkInterfaces('subnet-id', asked)) {
        const facts = readInterface(shown);
        if (facts !== undefined) interfaces.set(facts.id, facts);
      }
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      for (const subnet of asked) unreadable.set(subnet, error.description);
    }
  }
  return { interfaces: [...interfaces.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), unreadable };
}
