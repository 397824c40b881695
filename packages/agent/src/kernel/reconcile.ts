import { interfaceChooser, type Place } from './choose-interface.ts';
import { isFullLength, type KernelInterface } from './interfaces.ts';

/** An address that the agent put on an interface, or is about to. */
export interface OwnAddress {
  readonly address: string;
  readonly interface: string;
}

/** A change of the kernel's addresses. `put` also renews the lifetime of what is there. */
export type KernelChange =
  | { readonly type: 'put'; readonly address: string; readonly interface: string; readonly lifetimeSeconds: number }
  | { readonly type: 'remove'; readonly address: string; readonly interface: string };

/** What an address that is to be on the node still lacks. */
export type Obstacle = 'no-interface' | 'kept' | 'foreign' | 'not-probed' | 'duplicate' | 'no-hold';

/** What a look at the network found out about an address. */
export type ProbeVerdict = 'unknown' | 'free' | 'duplicate';

/** What is decided about one address. */
export interface Decision {
  readonly address: string;
  readonly interface: string | undefined;
  /** Whether it is on the node once the changes are made. */
  readonly isPresent: boolean;
  readonly obstacle?: Obstacle;
  /** It was ours and there a moment ago, and somebody else took it away. */
  readonly isRestored: boolean;
  /** Somebody else has put it there, too, as a text with its prefix: that stays when it goes. */
  readonly beside?: string;
  /** It comes from another interface of the node, which serves it no longer. */
  readonly isMoved: boolean;
}

/** All that decides; nothing of it is asked of a clock or of the kernel. */
export interface ReconcileInput {
  /** Canonical texts of the addresses that are to be on the node. */
  readonly wishes: readonly string[];
  readonly interfaces: readonly KernelInterface[];
  /** What is on record as ours; anything else is somebody else's, and left alone. */
  readonly own: readonly OwnAddress[];
  /** Addresses that were on the node after the last changes: what of them is missing, somebody took away. */
  readonly present: ReadonlySet<string>;
  /** Whole seconds for which addresses may be held; 0: not at all. */
  readonly lifetimeSeconds: number;
  /** Whether an address may be taken that is not on the node: by a majority alone, only what was there before. */
  readonly mayTake: (address: string) => boolean;
  readonly verdict: (address: string) => ProbeVerdict;
}

/** What to do. */
export interface Reconciliation {
  readonly changes: readonly KernelChange[];
  /** The record of what is ours, to be kept before the changes are made. */
  readonly own: readonly OwnAddress[];
  readonly decisions: readonly Decision[];
}

/** Compares what should be on the node with what is. */
export function reconcile(given: ReconcileInput): Reconciliation {
  const input = { ...given, own: followNames(given) };
  const places = placesOf(input.interfaces);
  const chooseInterface = interfaceChooser(input.interfaces);
  const decisions = input.wishes.map((address) => decide(address, input, places, chooseInterface(address)));
  const keeps = new Map(
    decisions.flatMap(({ address, isPresent, interface: device }) =>
      isPresent && device !== undefined ? [[address, device] as const] : [],
    ),
  );
  // A person's own form of it would stay as it is, and the node might send by it: it is taken off and put there anew.
  const reforms = input.interfaces.flatMap(({ name, addresses }) =>
    addresses.flatMap((one): readonly KernelChange[] =>
      keeps.get(one.address) === name && isFullLength(one) && one.family === 4 && one.scope === 'global'
        ? [{ type: 'remove', address: one.address, interface: name }]
        : [],
    ),
  );
  const puts = [...keeps].map(([address, device]): KernelChange => ({
    type: 'put',
    address,
    interface: device,
    lifetimeSeconds: input.lifetimeSeconds,
  }));
  const removals = input.own.flatMap(({ address, interface: device }): readonly KernelChange[] => {
    const isThere = places.alone.get(address)?.includes(device) ?? false;
    return isThere && keeps.get(address) !== device ? [{ type: 'remove', address, interface: device }] : [];
  });
  const left = removals.map(({ address, interface: device }) => ({ address, interface: device }));
  return {
    changes: [...removals, ...reforms, ...puts],
    own: [...left, ...[...keeps].map(([address, device]) => ({ address, interface: device }))],
    decisions,
  };
}

/**
 * What is on record as ours, where it is now: an interface that got another name took its addresses along, and no other
 * address that comes by itself has a lifetime.
 */
function followNames({ own, interfaces }: ReconcileInput): readonly OwnAddress[] {
  const names = new Set(interfaces.map(({ name }) => name));
  if (own.every(({ interface: device }) => names.has(device))) return own;
  return own.map((entry) => {
    if (names.has(entry.interface)) return entry;
    const now = interfaces.filter(({ addresses }) =>
      addresses.some(({ address, expires }) => address === entry.address && expires),
    );
    return now.length === 1 && now[0] !== undefined ? { ...entry, interface: now[0].name } : entry;
  });
}

/** Where each address is: in the form in which the agent puts it there, and with a subnet, as others do. */
interface Places {
  readonly alone: ReadonlyMap<string, readonly string[]>;
  readonly inSubnets: ReadonlyMap<string, readonly { readonly interface: string; readonly text: string }[]>;
}

function placesOf(interfaces: readonly KernelInterface[]): Places {
  const all = interfaces.flatMap(({ name, addresses }) => addresses.map((one) => ({ ...one, name })));
  const alone = Map.groupBy(all.filter(isFullLength), ({ address }) => address);
  const inSubnets = Map.groupBy(
    all.filter((one) => !isFullLength(one)),
    ({ address }) => address,
  );
  return {
    alone: new Map([...alone].map(([address, ones]) => [address, ones.map(({ name }) => name)])),
    inSubnets: new Map(
      [...inSubnets].map(([address, ones]) => [
        address,
        ones.map(({ name, prefixLength }) => ({ interface: name, text: `${address}/${prefixLength}` })),
      ]),
    ),
  };
}

function decide(address: string, input: ReconcileInput, places: Places, chosen: Place | undefined): Decision {
  const { own, present, lifetimeSeconds } = input;
  const recorded = own.find((one) => one.address === address)?.interface;
  const where = places.alone.get(address) ?? [];
  const others = places.inSubnets.get(address) ?? [];
  const without = (obstacle: Obstacle): Decision => ({
    address,
    interface: chosen?.interface,
    isPresent: false,
    obstacle,
    isRestored: false,
    isMoved: false,
  });
  if ([...where, ...others.map((one) => one.interface)].some((name) => name !== recorded)) return without('foreign');
  if (chosen === undefined) return without('no-interface');
  const device = chosen.interface;
  if (lifetimeSeconds < 1) return without('no-hold');
  const isThere = where.includes(device);
  const wasThere = present.has(address);
  const obstacle = isThere || wasThere ? undefined : obstacleToTaking(address, chosen, input);
  if (obstacle !== undefined) return without(obstacle);
  const isNew = !isThere && wasThere;
  const isMoved = isNew && recorded !== device;
  const beside = others[0]?.text;
  return {
    address,
    interface: device,
    isPresent: true,
    isRestored: isNew && !isMoved,
    isMoved,
    ...(beside === undefined ? {} : { beside }),
  };
}

/** Why an address that is not on the node does not come there now. */
function obstacleToTaking(
  address: string,
  { isKept }: Place,
  { mayTake, verdict }: Pick<ReconcileInput, 'mayTake' | 'verdict'>,
): Obstacle | undefined {
  if (isKept) return 'kept';
  if (!mayTake(address)) return 'no-hold';
  const found = verdict(address);
  if (found === 'free') return undefined;
  return found === 'duplicate' ? 'duplicate' : 'not-probed';
}
