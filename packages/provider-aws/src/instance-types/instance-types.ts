import { ProviderError, type InterfaceLimits, type ProviderErrorDescription } from '@egressip-ipam/core';
import type { Clock } from '../calls/clock.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { commonInstanceTypes } from './common-instance-types.ts';

/** How many addresses an interface of a type takes: EC2 counts the families apart. */
export type TypeLimits = Required<Pick<InterfaceLimits, 'ipv4' | 'ipv6'>>;

/** How many addresses an interface of a type takes, or why that is not known. */
export type TypeReading = TypeLimits | { readonly error: ProviderErrorDescription };

/** Tells what interfaces of instance types take. */
export interface InstanceTypes {
  /** An entry for every type asked for; never throws. */
  limitsOf(types: readonly string[]): Promise<ReadonlyMap<string, TypeReading>>;
}

/** After a refusal, and for a type that EC2 does not know, the call is made again no sooner. */
const retryInterval = 600_000;

/**
 * Asks EC2 once per type, for ever: a type's limits do not change. Where the call is
 * refused, the shipped table answers for the common families.
 */
export function createInstanceTypes(api: Ec2Api, clock: Clock): InstanceTypes {
  const known = new Map<string, TypeLimits>();
  /** Types that EC2 does not know, and when to ask again. */
  const absentUntil = new Map<string, number>();
  let failure: { readonly error: ProviderErrorDescription; readonly until: number } | undefined;

  const learn = async (types: readonly string[]): Promise<void> => {
    try {
      for (const { InstanceType, NetworkInfo } of await api.describeInstanceTypes(types)) {
        if (InstanceType === undefined || NetworkInfo?.Ipv4AddressesPerInterface === undefined) continue;
        const ipv6 = NetworkInfo.Ipv6Supported === true ? (NetworkInfo.Ipv6AddressesPerInterface ?? 0) : 0;
        known.set(InstanceType, { ipv4: NetworkInfo.Ipv4AddressesPerInterface, ipv6 });
      }
      for (const type of types) if (!known.has(type)) absentUntil.set(type, clock.now() + retryInterval);
      failure = undefined;
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      const pause = error.description.class === 'unauthorized' ? retryInterval : 0;
      failure = { error: error.description, until: clock.now() + pause };
    }
  };

  return {
    async limitsOf(types) {
      const missing = [...new Set(types)].filter(
        (type) => !known.has(type) && clock.now() >= (absentUntil.get(type) ?? -Infinity),
      );
      if (missing.length > 0 && (failure === undefined || clock.now() >= failure.until)) await learn(missing);
      return new Map(
        types.map((type) => [
          type,
          known.get(type) ?? shippedLimits().get(type) ?? { error: failure?.error ?? unknownType(type) },
        ]),
      );
    },
  };
}

function unknownType(type: string): ProviderErrorDescription {
  return {
    class: 'not-found',
    message: `EC2 does not know instance type ${type}; its addresses per interface are not known`,
  };
}

let shipped: ReadonlyMap<string, TypeLimits> | undefined;

/** The shipped table, unfolded when it is first needed. */
export function shippedLimits(): ReadonlyMap<string, TypeLimits> {
  shipped ??= new Map(
    Object.entries(commonInstanceTypes).flatMap(([limits, lines]) => {
      const [ipv4 = 0, ipv6 = 0] = limits.split('/').map(Number);
      return lines.flatMap((line) => {
        const [families = '', sizes = ''] = line.split(': ');
        return families
          .split(' ')
          .flatMap((family) => sizes.split(' ').map((size) => [`${family}.${size}`, { ipv4, ipv6 }] as const));
      });
    }),
  );
  return shipped;
}
