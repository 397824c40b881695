import {
  EC2Client,
  EC2ServiceException,
  type AssignIpv6AddressesRequest,
  type AssignPrivateIpAddressesRequest,
  type EC2ClientConfig,
  type Filter,
  type Instance,
  type NetworkInterface,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { cidrContains, parseAddress, parseCidr, type Cidr } from '@egressip-ipam/core';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';

/** A subnet of the in-memory EC2. */
export interface MemorySubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly ipv6?: string;
}

/** An interface of the in-memory EC2; tests may change what it carries. */
export interface MemoryInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly instanceId?: string;
  readonly deviceIndex?: number;
  readonly networkCardIndex?: number;
  readonly description?: string;
  readonly requesterId?: string;
  readonly primary: string;
  readonly prefixes?: readonly string[];
  secondary: string[];
  ipv6: string[];
}

/** One attempt of a call, as it reached EC2. */
export interface MemoryCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A trouble that meets calls. */
export interface MemoryEc2Fault {
  readonly operation?: string;
  /** Only calls that name this address. */
  readonly address?: string;
  readonly error: Error;
  /** Whether the call is carried out before its answer gets lost. */
  readonly after?: boolean;
  /** How many attempts it meets; 1 by default. */
  readonly times?: number;
}

/** Attempts that the clients of {@link MemoryEc2} make. */
export const attempts = 2;

/** An error as EC2 sends it. */
export function ec2Error(name: string, message = 'scripted', httpStatusCode = 400): EC2ServiceException {
  return new EC2ServiceException({
    name,
    message,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode },
  });
}

/** What the network does when an answer gets lost. */
export function connectionReset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
}

/**
 * EC2's rules about addresses, in memory: an address lies in the interface's subnet, not
 * among its first four or the last, on one interface, within the type's addresses per
 * interface; the primary address stays; what is not there cannot be taken away; all or nothing.
 */
export class MemoryEc2 {
  readonly calls: MemoryCall[] = [];
  readonly subnets = new Map<string, MemorySubnet>();
  readonly instances = new Map<string, Instance>();
  readonly interfaces = new Map<string, MemoryInterface>();
  readonly types = new Map<string, { readonly ipv4: number; readonly ipv6: number }>([
    ['t3.medium', { ipv4: 6, ipv6: 6 }],
    ['m5.4xlarge', { ipv4: 30, ipv6: 30 }],
  ]);
  /** Whether assigning what the interface carries already is refused. */
  refusesRepeats = false;
  /** Addresses that EC2 leaves out of the next change that names them, though its answer is that of a success. */
  readonly leftOut = new Set<string>();
  /** The most items that a page holds. */
  pageLimit = 1000;
  #faults: { readonly fault: MemoryEc2Fault; left: number }[] = [];
  #stale: { readonly interfaces: readonly MemoryInterface[]; left: number } = { interfaces: [], left: 0 };

  /** An instance with its main interface. */
  addInstance(instance: {
    readonly id: string;
    readonly subnetId: string;
    readonly primary: string;
    readonly secondary?: readonly string[];
    readonly type?: string;
    readonly prefixes?: readonly string[];
  }): MemoryInterface {
    const { id, subnetId, primary, secondary = [], type = 't3.medium', prefixes = [] } = instance;
    this.instances.set(id, {
      InstanceId: id,
      InstanceType: type as NonNullable<Instance['InstanceType']>,
      State: { Name: 'running' },
    });
    return this.addInterface({
      id: `eni-${id.slice(2)}`,
      subnetId,
      instanceId: id,
      deviceIndex: 0,
      primary,
      prefixes,
      secondary: [...secondary],
      ipv6: [],
    });
  }

  addInterface(added: MemoryInterface): MemoryInterface {
    this.interfaces.set(added.id, added);
    return added;
  }

  /** The instance and its interfaces go, as after TerminateInstances. */
  terminate(instanceId: string): void {
    this.instances.set(instanceId, { ...this.instances.get(instanceId), State: { Name: 'terminated' } });
    for (const [id, entry] of this.interfaces) if (entry.instanceId === instanceId) this.interfaces.delete(id);
  }

  inject(fault: MemoryEc2Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  clearFaults(): void {
    this.#faults = [];
    this.#stale.left = 0;
  }

  /** The next looks at interfaces show what is now, whatever happens meanwhile. */
  staleLooks(count: number): void {
    this.#stale = { interfaces: structuredClone([...this.interfaces.values()]), left: count };
  }

  /** The calls of an operation. */
  callsOf(...operations: readonly string[]): readonly MemoryCall[] {
    return this.calls.filter(({ operation }) => operations.includes(operation));
  }

  /** Calls that change something, and calls that ask. */
  get counts(): { readonly mutating: number; readonly describing: number } {
    const describing = this.calls.filter(({ operation }) => operation.startsWith('Describe')).length;
    return { mutating: this.calls.length - describing, describing };
  }

  /** An SDK client whose requests end here: its retries, paging and middleware are the real ones. */
  readonly createClient = (configuration: EC2ClientConfig): EC2Client => {
    const client = new EC2Client({
      ...configuration,
      region: configuration.region ?? 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      retryStrategy: new ConfiguredRetryStrategy(attempts, 0),
    });
    client.middlewareStack.add(
      (_next, context) =>
        async ({ input }) => {
          const operation = String(context.commandName).replace(/Command$/, '');
          return {
            output: { $metadata: {}, ...this.#answer(operation, structuredClone(input) as Record<string, unknown>) },
            response: {},
          };
        },
      { step: 'deserialize', priority: 'high', name: 'memoryEc2' },
    );
    return client;
  };

  #answer(operation: string, input: Record<string, unknown>): object {
    this.calls.push({ operation, input });
    const armed = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.operation ?? operation) === operation &&
        (fault.address === undefined || JSON.stringify(input).includes(`"${fault.address}"`)),
    );
    if (armed !== undefined) {
      armed.left -= 1;
      if (armed.fault.after === true) this.#carryOut(operation, input);
      throw armed.fault.error;
    }
    return this.#carryOut(operation, input);
  }

  #carryOut(operation: string, input: Record<string, unknown>): object {
    const filters = (input['Filters'] ?? []) as readonly Filter[];
    const paged = (name: string, items: readonly object[]): object => {
      const start = Number(input['NextToken'] ?? 0);
      const end = start + Math.min(Number(input['MaxResults'] ?? 1000), this.pageLimit);
      return { [name]: items.slice(start, end), ...(end < items.length ? { NextToken: String(end) } : {}) };
    };
    switch (operation) {
      case 'DescribeInstances':
        return paged(
          'Reservations',
          [...this.instances.values()]
            .filter(({ InstanceId }) => matches(filters, 'instance-id', InstanceId))
            .map((instance) => ({ Instances: [this.#shownInstance(instance)] })),
        );
      case 'DescribeSubnets':
        return paged(
          'Subnets',
          [...this.subnets.values()]
            .filter(({ id, vpcId }) => matches(filters, 'vpc-id', vpcId) && matches(filters, 'subnet-id', id))
            .map(shownSubnet),
        );
      case 'DescribeNetworkInterfaces':
        return paged(
          'NetworkInterfaces',
          this.#visibleInterfaces()
            .filter(
              ({ id, subnetId }) =>
                matches(filters, 'network-interface-id', id) && matches(filters, 'subnet-id', subnetId),
            )
            .map((entry) => this.#shown(entry)),
        );
      case 'DescribeInstanceTypes':
        return paged(
          'InstanceTypes',
          [...this.types]
            .filter(([type]) => matches(filters, 'instance-type', type))
            .map(([InstanceType, { ipv4, ipv6 }]) => ({
              InstanceType,
              NetworkInfo: { Ipv4AddressesPerInterface: ipv4, Ipv6AddressesPerInterface: ipv6, Ipv6Supported: true },
            })),
        );
      case 'AssignPrivateIpAddresses': {
        const {
          NetworkInterfaceId,
          PrivateIpAddresses = [],
          AllowReassignment,
        } = input as unknown as AssignPrivateIpAddressesRequest;
        this.#assign(
          NetworkInterfaceId ?? '',
          this.#withoutLeftOut(PrivateIpAddresses),
          'secondary',
          AllowReassignment === true,
        );
        return {};
      }
      case 'AssignIpv6Addresses': {
        const { NetworkInterfaceId, Ipv6Addresses = [] } = input as unknown as AssignIpv6AddressesRequest;
        this.#assign(NetworkInterfaceId ?? '', Ipv6Addresses, 'ipv6', false);
        return {};
      }
      case 'UnassignPrivateIpAddresses':
        this.#unassign(
          String(input['NetworkInterfaceId']),
          this.#withoutLeftOut(input['PrivateIpAddresses'] as string[]),
          'secondary',
        );
        return {};
      case 'UnassignIpv6Addresses':
        this.#unassign(String(input['NetworkInterfaceId']), input['Ipv6Addresses'] as string[], 'ipv6');
        return {};
      default:
        throw ec2Error('InvalidAction', `the in-memory EC2 has no ${operation}`);
    }
  }

  #withoutLeftOut(addresses: readonly string[]): readonly string[] {
    return addresses.filter((address) => !this.leftOut.delete(address));
  }

  #assign(id: string, addresses: readonly string[], list: 'secondary' | 'ipv6', allowReassignment: boolean): void {
    const target = this.#interface(id);
    const fresh = addresses.filter((address) => !target[list].includes(address));
    if (this.refusesRepeats && fresh.length < addresses.length)
      throw ec2Error('InvalidParameterValue', `Some of [${addresses.join()}] are already assigned to ${id}`);
    for (const address of fresh) {
      this.#checkInSubnet(target, address);
      const holder = [...this.interfaces.values()].find(
        (entry) => entry.primary === address || entry.secondary.includes(address) || entry.ipv6.includes(address),
      );
      if (holder !== undefined && (!allowReassignment || holder.primary === address))
        throw ec2Error(
          'InvalidParameterValue',
          `[${address}] are already assigned to another interface but move is not allowed.`,
        );
    }
    const limits = this.types.get(this.instances.get(target.instanceId ?? '')?.InstanceType ?? '');
    const carried = list === 'ipv6' ? target.ipv6.length : 1 + target.secondary.length + (target.prefixes?.length ?? 0);
    if (limits !== undefined && carried + fresh.length > limits[list === 'ipv6' ? 'ipv6' : 'ipv4'])
      throw ec2Error('PrivateIpAddressLimitExceeded', `Number of private addresses will exceed limit on ${id}.`);
    for (const entry of this.interfaces.values())
      entry[list] = entry[list].filter((address) => !fresh.includes(address));
    target[list] = [...target[list], ...fresh];
  }

  #unassign(id: string, addresses: readonly string[], list: 'secondary' | 'ipv6'): void {
    const target = this.#interface(id);
    if (addresses.includes(target.primary))
      throw ec2Error(
        'InvalidParameterValue',
        `${target.primary} is the primary address of ${id} and cannot be unassigned`,
      );
    if (!addresses.every((address) => target[list].includes(address)))
      throw ec2Error('InvalidParameterValue', `Some of the specified addresses are not assigned to interface ${id}`);
    target[list] = target[list].filter((address) => !addresses.includes(address));
  }

  #checkInSubnet(target: MemoryInterface, text: string): void {
    const subnet = this.subnets.get(target.subnetId);
    const address = parseAddress(text);
    const cidr = [subnet?.cidr, subnet?.ipv6]
      .flatMap((entry): Cidr[] => (entry === undefined ? [] : [parseCidr(entry)!.cidr]))
      .find((entry) => address !== undefined && cidrContains(entry, address));
    if (cidr === undefined || address === undefined)
      throw ec2Error('InvalidParameterValue', `Address ${text} does not fall within the subnet's address range`);
    const offset = BigInt(address) - BigInt(cidr.first);
    if (offset < 4n || offset === cidr.size - 1n)
      throw ec2Error('InvalidParameterValue', `Address ${text} is in subnet's reserved address range`);
  }

  #interface(id: string): MemoryInterface {
    const found = this.interfaces.get(id);
    if (found === undefined)
      throw ec2Error('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
    return found;
  }

  #visibleInterfaces(): readonly MemoryInterface[] {
    if (this.#stale.left === 0) return [...this.interfaces.values()];
    this.#stale.left -= 1;
    return this.#stale.interfaces;
  }

  #shownInstance(instance: Instance): Instance {
    return {
      ...instance,
      NetworkInterfaces: [...this.interfaces.values()]
        .filter(({ instanceId }) => instanceId === instance.InstanceId)
        .map((entry) => this.#shown(entry)),
    };
  }

  #shown(entry: MemoryInterface): NetworkInterface {
    return {
      NetworkInterfaceId: entry.id,
      SubnetId: entry.subnetId,
      VpcId: this.subnets.get(entry.subnetId)?.vpcId,
      Description: entry.description ?? '',
      RequesterId: entry.requesterId,
      RequesterManaged: entry.requesterId !== undefined,
      ...(entry.instanceId === undefined
        ? {}
        : {
            Attachment: {
              InstanceId: entry.instanceId,
              DeviceIndex: entry.deviceIndex ?? 1,
              NetworkCardIndex: entry.networkCardIndex ?? 0,
            },
          }),
      PrivateIpAddresses: [
        { PrivateIpAddress: entry.primary, Primary: true },
        ...entry.secondary.map((PrivateIpAddress) => ({ PrivateIpAddress, Primary: false })),
      ],
      Ipv6Addresses: entry.ipv6.map((Ipv6Address) => ({ Ipv6Address })),
      Ipv4Prefixes: (entry.prefixes ?? []).map((Ipv4Prefix) => ({ Ipv4Prefix })),
    };
  }
}

function shownSubnet({ id, vpcId, cidr, ipv6 }: MemorySubnet): Subnet {
  return {
    SubnetId: id,
    VpcId: vpcId,
    CidrBlock: cidr,
    Ipv6CidrBlockAssociationSet:
      ipv6 === undefined ? [] : [{ Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: { State: 'associated' } }],
  };
}

function matches(filters: readonly Filter[], name: string, value: string | undefined): boolean {
  return filters.every((filter) => filter.Name !== name || (filter.Values ?? []).includes(value ?? ''));
}
