import { readNetworkInterface, type Ec2NetworkInterface } from './network-interface.ts';
import { asFilters, filtersOf, type Ec2Parameters } from './query.ts';
import type { XmlElement } from './xml.ts';

const privateAddresses = ({ primaryAddress, secondaryAddresses }: Ec2NetworkInterface): readonly string[] => [
  primaryAddress,
  ...secondaryAddresses,
];

/** Filters of DescribeNetworkInterfaces that moto compares with the primary address only, or does not know. */
const addressFilters: Readonly<Record<string, (networkInterface: Ec2NetworkInterface) => readonly string[]>> = {
  'private-ip-address': privateAddresses,
  'addresses.private-ip-address': privateAddresses,
  'ipv6-addresses.ipv6-address': ({ ipv6Addresses }) => ipv6Addresses,
};

/**
 * What is left of a call's parameters for moto, and the part of its interfaces that the filters taken out let through.
 */
export function splitAddressFilters(parameters: Ec2Parameters): {
  readonly rest: Ec2Parameters;
  readonly select: (list: XmlElement[]) => XmlElement[];
} {
  if (parameters['Action'] !== 'DescribeNetworkInterfaces') return { rest: parameters, select: (list) => list };
  const filters = filtersOf(parameters);
  const taken = filters.flatMap(({ name, values }) =>
    addressFilters[name] ? [{ addressesOf: addressFilters[name], values }] : [],
  );
  const others = Object.fromEntries(Object.entries(parameters).filter(([key]) => !key.startsWith('Filter.')));
  return {
    rest: { ...others, ...asFilters(filters.filter(({ name }) => !addressFilters[name])) },
    select: (list) =>
      list.filter((item) =>
        taken.every(({ addressesOf, values }) =>
          addressesOf(readNetworkInterface(item)).some((address) => values.includes(address)),
        ),
      ),
  };
}
