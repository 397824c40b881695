import type { CloudProvider, ProviderChange, ProviderChangeResult } from './contract.ts';
import type {
  AttachedAddress,
  CidrObservation,
  InterfaceLimits,
  NodeObservation,
  ProviderObservation,
} from './observation.ts';
import { describeProvider } from './describe-provider.ts';

/**
 * Two providers as one: the first attaches an address to the platform's interface, then the second to the node's
 * kernel; they take it off in reverse. The interface is the ledger: what it carries and the kernel does not is shown as
 * incomplete, so that a crash between the two loses nothing.
 *
 * @example
 * ```ts
 * import { stackProviders, type CloudProvider } from '@egressip-ipam/core';
 *
 * export const both = (cloud: CloudProvider, agents: CloudProvider): CloudProvider => stackProviders(cloud, agents);
 * ```
 */
export function stackProviders(below: CloudProvider, above: CloudProvider): CloudProvider {
  // What one of the two has in objects is not what both together carry.
  const { fromObjects: _fromObjects, ...description } = describeProvider(below);
  return {
    ...description,
    name: stackedName(below, above),
    settlingTime: Math.max(below.settlingTime ?? 0, above.settlingTime ?? 0),
    reads: [...(below.reads ?? []), ...(above.reads ?? [])],
    requests: (namespace) => [below, above].flatMap((provider) => provider.requests?.(namespace) ?? []),
    async observe(options) {
      const [lower, upper] = await Promise.all([below.observe(options), above.observe(options)]);
      return combine(lower, upper);
    },
    async apply({ changes, signal }) {
      const applyTo = async (
        provider: CloudProvider,
        asked: readonly ProviderChange[],
      ): Promise<readonly ProviderChangeResult[]> =>
        asked.length === 0 ? [] : provider.apply({ changes: asked, signal });
      const results = new Map<ProviderChange, ProviderChangeResult>();
      // Each stage takes what the one before has done; a change that fails goes no further.
      for (const [provider, part] of [
        [above, leaving],
        [below, whole],
        [above, arriving],
      ] as const) {
        const asked = changes.flatMap((change) => {
          const own = results.has(change) ? undefined : part(change);
          return own === undefined ? [] : [{ change, part: own }];
        });
        const answers = await applyTo(
          provider,
          asked.map((one) => one.part),
        );
        for (const [index, { change }] of asked.entries()) {
          const answer = answers[index];
          if (answer?.outcome !== 'done') results.set(change, failed(change, answer));
        }
      }
      return changes.map((change) => results.get(change) ?? { change, outcome: 'done' });
    },
    ...(below.changed === undefined && above.changed === undefined
      ? {}
      : { changed: (signal: AbortSignal) => firstChange([below, above], signal) }),
    close: async () => void (await Promise.all([below.close?.(), above.close?.()])),
  };
}

/** Resolves with the change that comes first; nobody waits for the others then. */
async function firstChange(providers: readonly CloudProvider[], signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  await Promise.race(providers.flatMap((provider) => provider.changed?.(either) ?? []));
  ended.abort();
}

/** What two providers, one on top of the other, are called. */
export function stackedName(below: Pick<CloudProvider, 'name'>, above: Pick<CloudProvider, 'name'>): string {
  return `${below.name}+${above.name}`;
}

function leaving(change: ProviderChange): ProviderChange | undefined {
  if (change.type === 'attach') return undefined;
  return { type: 'detach', address: change.address, node: change.type === 'move' ? change.from : change.node };
}

function whole(change: ProviderChange): ProviderChange {
  return change;
}

function arriving(change: ProviderChange): ProviderChange | undefined {
  return change.type === 'detach' ? undefined : { type: 'attach', address: change.address, node: change.node };
}

function failed(change: ProviderChange, answer: ProviderChangeResult | undefined): ProviderChangeResult {
  if (answer?.outcome === 'failed') return { ...answer, change };
  return {
    change,
    outcome: 'failed',
    error: {
      class: 'unknown',
      message: `nothing was said of ${change.type} of ${change.address} (node ${change.node.name}); look again`,
    },
  };
}

function combine(lower: ProviderObservation, upper: ProviderObservation): ProviderObservation {
  const upperNodes = new Map(upper.nodes.map((node) => [node.node, node]));
  const upperCidrs = new Map(upper.cidrs.map((cidr) => [cidr.cidr, cidr]));
  return {
    nodes: lower.nodes.map((node) => combineNode(node, upperNodes.get(node.node))),
    cidrs: lower.cidrs.map((cidr) => combineCidr(cidr, upperCidrs.get(cidr.cidr))),
  };
}

function combineNode(lower: NodeObservation, upper: NodeObservation | undefined): NodeObservation {
  if ('error' in lower) return lower;
  const main = lower.interfaces.find((one) => one.main)?.addresses ?? [];
  // The interface is known all the same; the node takes nothing more.
  if (upper === undefined || 'error' in upper) return { ...lower, limits: full(main) };
  const inKernel = new Set(
    upper.interfaces
      .flatMap(({ addresses }) => addresses)
      .filter(({ incomplete }) => incomplete !== true)
      .map(({ address }) => address),
  );
  const interfaces = lower.interfaces.map((one) => {
    if (!one.main) return one;
    return {
      ...one,
      addresses: one.addresses.map((entry): AttachedAddress =>
        entry.primary || inKernel.has(entry.address) ? entry : { ...entry, incomplete: true },
      ),
    };
  });
  const limits = { ...lower.limits, ...fullIn(upper, full(main)) };
  return { ...lower, interfaces, limits, ...(upper.silent === true ? { silent: true } : {}) };
}

/** Of each family that the kernel takes no more of: what there is. */
function fullIn(
  { limits, interfaces }: Exclude<NodeObservation, { readonly error: unknown }>,
  all: { readonly ipv4: number; readonly ipv6: number },
): InterfaceLimits {
  const { ipv4 = Infinity, ipv6 = Infinity, total = Infinity } = limits;
  const carried = full(interfaces.flatMap(({ main, addresses }) => (main ? addresses : [])));
  if (total <= carried.ipv4 + carried.ipv6) return all;
  return {
    ...(ipv4 <= carried.ipv4 ? { ipv4: all.ipv4 } : {}),
    ...(ipv6 <= carried.ipv6 ? { ipv6: all.ipv6 } : {}),
  };
}

function full(addresses: readonly AttachedAddress[]): { readonly ipv4: number; readonly ipv6: number } {
  const ipv6 = addresses.filter(({ address }) => address.includes(':')).length;
  return { ipv4: addresses.length - ipv6, ipv6 };
}

function combineCidr(lower: CidrObservation, upper: CidrObservation | undefined): CidrObservation {
  if ('error' in lower || upper === undefined) return lower;
  if ('error' in upper) return upper;
  const known = new Set(lower.inUse.map(({ address }) => address));
  return {
    ...lower,
    inUse: [...lower.inUse, ...upper.inUse.filter(({ address }) => !known.has(address))],
    reserved: [...lower.reserved, ...upper.reserved],
  };
}
