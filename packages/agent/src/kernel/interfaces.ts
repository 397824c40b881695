import { formatAddress, parseAddress, parseCidr } from '@egressip-ipam/core/values';

/** An address on an interface of the node, as the kernel tells it. */
export interface KernelAddress {
  /** Canonical text. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefixLength: number;
  /** Where it counts, as the kernel calls it: `global`, `host` and others. */
  readonly scope?: string;
  /** Whether the kernel takes it away by itself after a time, as it does with all that the agent adds. */
  readonly expires: boolean;
  /** Whether duplicate address detection refused it. */
  readonly isRefused: boolean;
}

/** An interface of the node. */
export interface KernelInterface {
  readonly name: string;
  readonly index: number;
  /** Set up, and plugged in: frames can leave by it. */
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /**
   * The interface that it is enslaved to, such as a bridge or a bond: that one answers for it, and hears the answers,
   * whatever addresses were left here. None, where the other is a VRF, whose interfaces speak for themselves.
   */
  readonly master?: string;
  /** Its MAC address in small letters, where it has one. */
  readonly mac?: string;
  /** The kernel answers nobody there who asks for an IPv4 address of the agent: it would carry none. */
  readonly isSilent?: true;
  readonly addresses: readonly KernelAddress[];
}

// The value that stands for ever.
const forever = 4_294_967_295;

/**
 * Reads what `ip -j address show` prints.
 *
 * @param vrfs the names of VRFs
 * @throws Error when it is no JSON array
 */
export function readInterfaces(json: string, vrfs: readonly string[] = []): readonly KernelInterface[] {
  return entriesIn(json).flatMap((entry) => {
    const { ifname, ifindex, flags, address: mac, master, addr_info: infos } = entry;
    if (typeof ifname !== 'string' || typeof ifindex !== 'number') return [];
    const set = Array.isArray(flags) ? flags : [];
    const addresses = (Array.isArray(infos) ? infos : []).map(record).flatMap(readAddress);
    return [
      {
        name: ifname,
        index: ifindex,
        isUp: set.includes('UP') && !set.includes('NO-CARRIER'),
        isLoopback: set.includes('LOOPBACK'),
        ...(typeof mac === 'string' ? { mac: mac.toLowerCase() } : {}),
        ...(typeof master === 'string' && !vrfs.includes(master) ? { master } : {}),
        addresses,
      },
    ];
  });
}

/**
 * The names in what `ip -j link show` prints, which has an empty entry for each interface of another type.
 *
 * @throws Error when it is no JSON array
 */
export function readNames(json: string): readonly string[] {
  return entriesIn(json).flatMap(({ ifname }) => (typeof ifname === 'string' ? [ifname] : []));
}

function entriesIn(json: string): readonly Readonly<Record<string, unknown>>[] {
  const parsed: unknown = json.trim() === '' ? [] : JSON.parse(json);
  if (!Array.isArray(parsed)) throw new Error('ip -j shows no list');
  return parsed.map(record);
}

function readAddress({
  local,
  prefixlen,
  valid_life_time: lifetime,
  scope,
  dadfailed,
}: Readonly<Record<string, unknown>>): readonly KernelAddress[] {
  const address = typeof local === 'string' ? parseAddress(local) : undefined;
  if (
    address === undefined ||
    typeof prefixlen !== 'number' ||
    (scope === 'link' && typeof local === 'string' && local.includes(':'))
  )
    return [];
  const text = formatAddress(address);
  return [
    {
      address: text,
      family: text.includes(':') ? 6 : 4,
      prefixLength: prefixlen,
      ...(typeof scope === 'string' ? { scope } : {}),
      expires: lifetime !== forever,
      isRefused: dadfailed === true,
    },
  ];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Whether an address has the length that all have which the agent puts there: another one is somebody else's. */
export function isFullLength({ family, prefixLength }: KernelAddress): boolean {
  return prefixLength === (family === 4 ? 32 : 128);
}

/** The subnets of an interface: those of its own addresses, a full-length one not being any. */
export function subnetsOf({ addresses }: KernelInterface): readonly string[] {
  const subnets = addresses.flatMap((one) =>
    isFullLength(one) ? [] : (parseCidr(`${one.address}/${one.prefixLength}`)?.cidr.text ?? []),
  );
  return [...new Set(subnets)];
}

/** Of these, the subnets whose addresses may come to an interface. */
export function servedSubnets(one: KernelInterface): readonly string[] {
  const subnets = subnetsOf(one);
  return one.isSilent === true ? subnets.filter(isIPv6) : subnets;
}

/** Whether an interface has a subnet of IPv4. */
export function hasIPv4Subnet(one: KernelInterface): boolean {
  return !subnetsOf(one).every(isIPv6);
}

function isIPv6(subnet: string): boolean {
  return subnet.includes(':');
}
