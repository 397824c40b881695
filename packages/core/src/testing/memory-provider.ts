import { familyOf, parseAddress } from '../address/address.ts';
import { cidrContains, parseCidr } from '../address/cidr.ts';
import type { CloudProvider, ProviderChange, ProviderChangeResult } from '../provider-contract/contract.ts';
import type {
  CidrObservation,
  InterfaceLimits,
  NodeObservation,
  ProviderNode,
  UsedAddress,
} from '../provider-contract/observation.ts';
import type { ProviderErrorClass, ProviderErrorDescription } from '../provider-contract/provider-error.ts';

/** A machine of the in-memory platform, with one interface. */
export interface MemoryNode extends ProviderNode {
  readonly subnets: readonly string[];
  /** The interface's own address. */
  readonly primary: string;
  /** Addresses that someone else put on the interface. */
  readonly foreign?: readonly string[];
  readonly limits?: InterfaceLimits;
}

/** An in-memory platform. */
export interface MemoryProviderOptions {
  readonly nodes: readonly MemoryNode[];
  /** Addresses in use outside of the nodes. */
  readonly usedElsewhere?: readonly UsedAddress[];
  /** Whether a move is one step; false by default. */
  readonly atomicMove?: boolean;
}

/**
 * A fault that meets one change: `refuse` nothing happens; `lose-answer` the change
 * happens and is reported as failed; `stop-move` a move detaches and does not attach.
 */
export interface MemoryFault {
  readonly type: 'refuse' | 'lose-answer' | 'stop-move';
  readonly error: ProviderErrorDescription;
  /** Only a change of this address; any change where absent. */
  readonly address?: string;
  /** How many changes it meets; 1 by default. */
  readonly times?: number;
}

/** A provider whose platform is memory, with faults on demand. */
export interface MemoryProvider extends CloudProvider {
  /** Arms a fault. Faults are met in the order of arming. */
  inject(fault: MemoryFault): void;
  /** Makes a node or a CIDR, by its name, unreadable from now on. */
  makeUnreadable(nodeOrCidr: string, error: ProviderErrorDescription): void;
  /** Every change asked for so far. */
  readonly log: readonly ProviderChange[];
}

interface Machine {
  readonly node: MemoryNode;
  readonly secondary: Set<string>;
}

/** Makes a provider that keeps every rule of the contract, on a platform in memory. */
export function memoryProvider(options: MemoryProviderOptions): MemoryProvider {
  const machines = new Map<string, Machine>(
    options.nodes.map((node) => [node.name, { node, secondary: new Set(node.foreign) }]),
  );
  const usedElsewhere = options.usedElsewhere ?? [];
  const unreadable = new Map<string, ProviderErrorDescription>();
  const faults: { readonly fault: MemoryFault; left: number }[] = [];
  const log: ProviderChange[] = [];

  const takeFault = (change: ProviderChange): MemoryFault | undefined => {
    const armed = faults.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.address ?? change.address) === change.address &&
        (fault.type !== 'stop-move' || change.type === 'move'),
    );
    if (armed !== undefined) armed.left -= 1;
    return armed?.fault;
  };

  const applyOne = (change: ProviderChange): ProviderChangeResult => {
    log.push(change);
    const fault = takeFault(change);
    if (fault?.type === 'refuse') return { change, outcome: 'failed', error: fault.error };
    if (fault?.type === 'stop-move' && change.type === 'move')
      machines.get(change.from.name)?.secondary.delete(change.address);
    const error =
      fault?.type === 'stop-move' ? fault.error : (carryOut(machines, usedElsewhere, change) ?? fault?.error);
    return error === undefined ? { change, outcome: 'done' } : { change, outcome: 'failed', error };
  };

  return {
    specificationVersion: 'v1',
    name: 'memory',
    platforms: { types: ['Memory'], providerIDPrefixes: ['memory://'] },
    capabilities: { attach: true },
    log,
    inject: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    makeUnreadable: (nodeOrCidr, error) => void unreadable.set(nodeOrCidr, error),
    async observe({ nodes, cidrs, signal }) {
      signal.throwIfAborted();
      return {
        nodes: nodes.map(({ name }): NodeObservation => {
          const error = unreadable.get(name) ?? (machines.has(name) ? undefined : notFound(name));
          return error === undefined ? observeNode(machines.get(name)) : { node: name, error };
        }),
        cidrs: cidrs.map((cidr): CidrObservation => {
          const error = unreadable.get(cidr);
          return error === undefined ? observeCidr(cidr, machines, usedElsewhere) : { cidr, error };
        }),
      };
    },
    async apply({ changes, signal }) {
      return changes.map((change) =>
        signal.aborted
          ? {
              change,
              outcome: 'failed',
              error: failure('unknown', `${change.type} of ${change.address} was cut short; look again`),
            }
          : applyOne(change),
      );
    },
  };
}

function observeNode(machine: Machine | undefined): NodeObservation {
  if (machine === undefined) return { node: '', error: notFound('') };
  const { node, secondary } = machine;
  const addresses = [
    { address: node.primary, primary: true },
    ...[...secondary].sort().map((address) => ({ address, primary: false })),
  ];
  return {
    node: node.name,
    interfaces: [{ id: `interface-of-${node.name}`, main: true, subnets: node.subnets, addresses }],
    limits: node.limits ?? {},
  };
}

function observeCidr(
  text: string,
  machines: ReadonlyMap<string, Machine>,
  usedElsewhere: readonly UsedAddress[],
): CidrObservation {
  const cidr = parseCidr(text)?.cidr;
  if (cidr === undefined)
    return { cidr: text, error: failure('permanent', `"${text}" is not a CIDR; write it like 10.0.0.0/24`) };
  const onNodes = [...machines.values()].flatMap(({ node, secondary }) =>
    [node.primary, ...secondary].map((address) => ({ address, usedBy: `node ${node.name}` })),
  );
  const inUse = [...onNodes, ...usedElsewhere].filter(({ address: used }) => {
    const address = parseAddress(used);
    return address !== undefined && cidrContains(cidr, address);
  });
  return { cidr: text, inUse: inUse.sort((a, b) => (a.address < b.address ? -1 : 1)), reserved: [] };
}

/** Carries out one change; what stands against it, if anything. */
function carryOut(
  machines: ReadonlyMap<string, Machine>,
  usedElsewhere: readonly UsedAddress[],
  change: ProviderChange,
): ProviderErrorDescription | undefined {
  const { address } = change;
  const machine = machines.get(change.node.name);
  if (machine === undefined) return notFound(change.node.name);
  if (machine.node.primary === address)
    return failure('permanent', `${address} is the primary address of ${machine.node.name} and stays there`);
  if (change.type === 'detach') {
    machine.secondary.delete(address);
    return undefined;
  }
  if (machine.secondary.has(address)) return undefined;
  const refused = refusal(machine, address);
  if (refused !== undefined) return refused;
  const from = change.type === 'move' ? machines.get(change.from.name) : undefined;
  const holder = [...machines.values()].find(
    ({ node, secondary }) => node.primary === address || secondary.has(address),
  );
  const mayTake = holder === undefined || (holder === from && from.node.primary !== address);
  if (!mayTake || usedElsewhere.some((used) => used.address === address)) {
    return failure(
      'conflict',
      `${address} is in use by ${holder === undefined ? 'someone else' : `node ${holder.node.name}`}; choose another address`,
    );
  }
  from?.secondary.delete(address);
  machine.secondary.add(address);
  return undefined;
}

function refusal({ node, secondary }: Machine, text: string): ProviderErrorDescription | undefined {
  const address = parseAddress(text);
  const fits =
    address !== undefined &&
    node.subnets.some((subnet) => {
      const cidr = parseCidr(subnet)?.cidr;
      return cidr !== undefined && cidrContains(cidr, address);
    });
  if (!fits)
    return failure(
      'permanent',
      `${text} is in no subnet of ${node.name} (${node.subnets.join(', ')}); choose an address from there`,
    );
  const family = familyOf(address);
  const limit = family === 4 ? node.limits?.ipv4 : node.limits?.ipv6;
  const all = [node.primary, ...secondary];
  const carried = all.filter((entry) => entry.includes(':') === (family === 6)).length;
  const total = node.limits?.total;
  const isFull = (limit !== undefined && carried >= limit) || (total !== undefined && all.length >= total);
  return isFull
    ? failure(
        'capacity',
        `${node.name} carries ${carried} IPv${family} addresses of ${all.length}, and no more; ${text} has no room there`,
      )
    : undefined;
}

function notFound(node: string): ProviderErrorDescription {
  return failure('not-found', `node ${node} is not on this platform; check its spec.providerID`);
}

function failure(errorClass: ProviderErrorClass, message: string): ProviderErrorDescription {
  return { class: errorClass, message };
}
