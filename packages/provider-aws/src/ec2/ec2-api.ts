import {
  AssignIpv6AddressesCommand,
  AssignPrivateIpAddressesCommand,
  paginateDescribeInstanceTypes,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSubnets,
  UnassignIpv6AddressesCommand,
  UnassignPrivateIpAddressesCommand,
  type EC2Client,
  type Filter,
  type Instance,
  type InstanceTypeInfo,
  type NetworkInterface,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { ProviderError } from '@egressip-ipam/core';
import { describeEc2Error } from './errors.ts';

/** One kind of change to an interface; `reassign` takes an IPv4 address from the interface that has it. */
export type InterfaceChangeKind = 'attach' | 'reassign' | 'detach';

/** Addresses of one family to be changed on one interface by one call. */
export interface InterfaceChange {
  readonly kind: InterfaceChangeKind;
  readonly family: 4 | 6;
  readonly interfaceId: string;
  readonly addresses: readonly string[];
}

/**
 * The part of EC2 that the provider uses. Every method throws a ProviderError; a change that may have happened has
 * class `unknown` or `transient`.
 */
export interface Ec2Api {
  /** Those of the instances that EC2 knows. Unknown and malformed IDs are left out. */
  describeInstances(instanceIds: readonly string[]): Promise<readonly Instance[]>;
  describeSubnets(filters: readonly Filter[]): Promise<readonly Subnet[]>;
  /** The interfaces whose `filter` has one of the values. */
  describeNetworkInterfaces(
    filter: 'subnet-id' | 'network-interface-id',
    values: readonly string[],
  ): Promise<readonly NetworkInterface[]>;
  /** Those of the types that EC2 knows. */
  describeInstanceTypes(types: readonly string[]): Promise<readonly InstanceTypeInfo[]>;
  /** Once the signal is aborted, nothing is sent any more. */
  changeAddresses(change: InterfaceChange, signal: AbortSignal): Promise<void>;
}

/** A filter takes 200 values (EC2 API Reference, "Filter your Amazon EC2 resources"). */
const maximumFilterValues = 200;
/** The largest pages that EC2 gives. */
const pageSize = 1000;
const pageSizeOfTypes = 100;

/**
 * Calls EC2. Things are asked for by filter, not by ID: a filter that matches nothing is
 * no error, while one unknown or malformed ID fails a call for all others (law 8), and
 * only filtered calls come in pages.
 */
export function createEc2Api(client: () => EC2Client): Ec2Api {
  const filtered = async <T>(
    name: string,
    values: readonly string[],
    read: (filters: Filter[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> =>
    (await Promise.all(chunks(values).map((chunk) => read([{ Name: name, Values: [...chunk] }])))).flat();
  return {
    describeInstances: (ids) =>
      filtered('instance-id', ids, (Filters) =>
        gather('DescribeInstances', paginateDescribeInstances({ client: client(), pageSize }, { Filters }), (page) =>
          page.Reservations?.flatMap(({ Instances }) => Instances ?? []),
        ),
      ),
    describeSubnets: (filters) =>
      gather(
        'DescribeSubnets',
        paginateDescribeSubnets({ client: client(), pageSize }, { Filters: [...filters] }),
        (page) => page.Subnets,
      ),
    describeNetworkInterfaces: (filter, values) =>
      filtered(filter, values, (Filters) =>
        gather(
          'DescribeNetworkInterfaces',
          paginateDescribeNetworkInterfaces({ client: client(), pageSize }, { Filters }),
          (page) => page.NetworkInterfaces,
        ),
      ),
    describeInstanceTypes: (types) =>
      filtered('instance-type', types, (Filters) =>
        gather(
          'DescribeInstanceTypes',
          paginateDescribeInstanceTypes({ client: client(), pageSize: pageSizeOfTypes }, { Filters }),
          (page) => page.InstanceTypes,
        ),
      ),
    async changeAddresses(change, signal) {
      try {
        await send(client(), change, signal);
      } catch (error) {
        throw new ProviderError(
          describeEc2Error(
            error,
            `${operationOf(change)} of ${change.addresses.join(', ')} on ${change.interfaceId}`,
            true,
          ),
          { cause: error },
        );
      }
    },
  };
}

async function gather<Page, T>(
  operation: string,
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly T[] | undefined,
): Promise<readonly T[]> {
  try {
    const all: T[] = [];
    for await (const page of pages) all.push(...(items(page) ?? []));
    return all;
  } catch (error) {
    throw new ProviderError(describeEc2Error(error, operation, false), { cause: error });
  }
}

function operationOf({ kind, family }: InterfaceChange): string {
  return `${kind === 'detach' ? 'Unassign' : 'Assign'}${family === 4 ? 'PrivateIpAddresses' : 'Ipv6Addresses'}`;
}

async function send(
  client: EC2Client,
  { kind, family, interfaceId, addresses }: InterfaceChange,
  abortSignal: AbortSignal,
): Promise<void> {
  const NetworkInterfaceId = interfaceId;
  if (family === 4) {
    const PrivateIpAddresses = [...addresses];
    if (kind === 'detach')
      await client.send(new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses }), {
        abortSignal,
      });
    else
      await client.send(
        new AssignPrivateIpAddressesCommand({
          NetworkInterfaceId,
          PrivateIpAddresses,
          AllowReassignment: kind === 'reassign',
        }),
        { abortSignal },
      );
  } else {
    const Ipv6Addresses = [...addresses];
    if (kind === 'detach')
      await client.send(new UnassignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6Addresses }), { abortSignal });
    else await client.send(new AssignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6Addresses }), { abortSignal });
  }
}

/** Values in groups that fit one filter, sorted so that the same question reads the same. */
function chunks(values: readonly string[]): readonly (readonly string[])[] {
  const sorted = [...new Set(values)].sort();
  return Array.from({ length: Math.ceil(sorted.length / maximumFilterValues) }, (_, index) =>
    sorted.slice(index * maximumFilterValues, (index + 1) * maximumFilterValues),
  );
}
