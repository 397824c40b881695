import { asRecord, formatAddress, ObjectReader, parseAddress, parseCidr, type Read } from '@egressip-ipam/core/values';
import type { KubernetesObject } from '@egressip-ipam/kube';
import type {
  AddressResult,
  AddressState,
  EgressNode,
  EgressNodeStatus,
  ReportedInterface,
  Wish,
} from './egress-node.ts';

const states: readonly AddressState[] = ['Probing', 'Held', 'Duplicate', 'Foreign', 'NoInterface', 'Failed'];

/** A message that is longer was written by nobody of ours. */
const longestMessage = 512;
/** The definition lets a node have no more. */
const mostWishes = 1024;
/** No node has default routes by more gateways: more would only keep addresses from others. */
export const mostGateways = 16;
/** More than any node has of interfaces, of subnets on them, or of addresses of its own, all interfaces together. */
const mostOwn = 1024;
/** What became of each wish, and of as many that it was asked for before. */
const mostResults = 2 * mostWishes;

/**
 * Reads an EgressNode. Whoever has a node writes its status: what is no address, no CIDR or no MAC address is left out,
 * and so are the rest of an endless message and characters that would steer a terminal.
 */
export function readEgressNode(object: KubernetesObject): EgressNode {
  return readNamed(object.metadata.name, object, new Fields(() => undefined));
}

/** As {@link readEgressNode}, of anything, such as what stands in a file; tells what is left out. Never throws. */
export function inspectEgressNode(object: unknown): Read<EgressNode> {
  const reader = new ObjectReader(object, 'EgressNode');
  const fields = new Fields((field, message) => reader.problem(field, message));
  return reader.result(readNamed(reader.name, object, fields));
}

/** Reads the status of an EgressNode. What it gives it reads as the same. */
export function readStatus(value: unknown): EgressNodeStatus {
  return statusIn(value, new Fields(() => undefined));
}

/**
 * Whether a report has as many interfaces, subnets or addresses as are believed: nobody knows what else there is. An
 * agent reports no more than that either.
 */
export function isReportFull({ interfaces }: Pick<EgressNodeStatus, 'interfaces'>): boolean {
  const count = (list: 'subnets' | 'addresses'): number => interfaces.reduce((sum, one) => sum + one[list].length, 0);
  return interfaces.length >= mostOwn || count('subnets') >= mostOwn || count('addresses') >= mostOwn;
}

function readNamed(name: string, object: unknown, fields: Fields): EgressNode {
  const { metadata, spec, status } = asRecord(object);
  const { generation, resourceVersion } = asRecord(metadata);
  const wishes = fields.maps(fields.map(spec, 'spec')['addresses'], 'spec.addresses', mostWishes);
  return {
    name,
    generation: fields.count(generation, 'metadata.generation'),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    wishes: wishes.flatMap((wish, index) => wishIn(wish, `spec.addresses[${index}]`, fields)),
    status: statusIn(status, fields),
  };
}

function statusIn(value: unknown, fields: Fields): EgressNodeStatus {
  const { observedGeneration, interfaces, gateways, addresses } = fields.map(value, 'status');
  const room = { subnets: mostOwn, addresses: mostOwn };
  return {
    observedGeneration: fields.count(observedGeneration, 'status.observedGeneration'),
    interfaces: fields
      .maps(interfaces, 'status.interfaces', mostOwn)
      .map((one, index) => interfaceIn(one, `status.interfaces[${index}]`, fields, room)),
    gateways: fields.addresses(gateways, 'status.gateways', mostGateways),
    addresses: fields
      .maps(addresses, 'status.addresses', mostResults)
      .flatMap((one, index) => resultIn(one, `status.addresses[${index}]`, fields)),
  };
}

/** @param room how many subnets and addresses the report may still have */
function interfaceIn(
  { name, mac, subnets, addresses }: RawMap,
  at: string,
  fields: Fields,
  room: { subnets: number; addresses: number },
): ReportedInterface {
  const known = fields.mac(mac, `${at}.mac`);
  const found = {
    name: fields.text(name, `${at}.name`),
    ...(known === undefined ? {} : { mac: known }),
    subnets: fields.subnets(subnets, `${at}.subnets`, room.subnets),
    addresses: fields.addresses(addresses, `${at}.addresses`, room.addresses),
  };
  room.subnets -= found.subnets.length;
  room.addresses -= found.addresses.length;
  return found;
}

function wishIn({ address, reason, vacatedBy }: RawMap, at: string, fields: Fields): readonly Wish[] {
  const canonical = fields.address(address, `${at}.address`);
  if (canonical === undefined) return [];
  return [
    {
      address: canonical,
      reason: fields.text(reason, `${at}.reason`),
      ...(typeof vacatedBy === 'string' ? { vacatedBy } : {}),
    },
  ];
}

function resultIn(result: RawMap, at: string, fields: Fields): readonly AddressResult[] {
  const { address, state, interface: device, since, duplicateMAC, message } = result;
  const canonical = fields.address(address, `${at}.address`);
  if (canonical === undefined) return [];
  const known = states.find((one) => one === state);
  if (known === undefined)
    fields.leaveOut(`${at}.state`, `it is none of ${states.join(', ')}; the node may hold the address`);
  const mac = fields.mac(duplicateMAC, `${at}.duplicateMAC`);
  return [
    {
      address: canonical,
      state: known ?? 'Unknown',
      since: fields.text(since, `${at}.since`),
      ...(typeof device === 'string' ? { interface: fields.text(device, `${at}.interface`) } : {}),
      ...(mac === undefined ? {} : { duplicateMAC: mac }),
      ...(typeof message === 'string' ? { message: fields.text(message, `${at}.message`) } : {}),
    },
  ];
}

type RawMap = Readonly<Record<string, unknown>>;

/** Reads fields, and tells what of them is left out. What is not there is no problem. */
class Fields {
  readonly leaveOut: (field: string, message: string) => void;

  constructor(leaveOut: (field: string, message: string) => void) {
    this.leaveOut = leaveOut;
  }

  map(value: unknown, field: string): RawMap {
    const map = asRecord(value);
    if (map !== value && isThere(value)) this.leaveOut(field, 'a map is expected');
    return map;
  }

  maps(value: unknown, field: string, most: number): readonly RawMap[] {
    return this.#list(value, field, most).map((entry, index) => this.map(entry, `${field}[${index}]`));
  }

  /** A number of what happens one after the other; 0 where nothing says it. */
  count(value: unknown, field: string): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    if (isThere(value)) this.leaveOut(field, 'a whole number is expected, 0 or more');
    return 0;
  }

  /** Canonical text. */
  address(value: unknown, field: string): string | undefined {
    const address = typeof value === 'string' ? parseAddress(value) : undefined;
    if (address !== undefined) return formatAddress(address);
    this.leaveOut(field, 'an IP address is expected; the entry is left out');
    return undefined;
  }

  addresses(value: unknown, field: string, most: number): readonly string[] {
    return this.#list(value, field, most).flatMap((entry, index) => this.address(entry, `${field}[${index}]`) ?? []);
  }

  subnets(value: unknown, field: string, most: number): readonly string[] {
    return this.#list(value, field, most).flatMap((entry, index) => {
      if (typeof entry === 'string' && parseCidr(entry) !== undefined) return [entry];
      this.leaveOut(`${field}[${index}]`, 'a CIDR is expected; the entry is left out');
      return [];
    });
  }

  /** In small letters; some links have longer ones than Ethernet. */
  mac(value: unknown, field: string): string | undefined {
    if (typeof value === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){1,19}$/.test(value)) return value;
    if (isThere(value)) this.leaveOut(field, 'a MAC address in small letters is expected');
    return undefined;
  }

  /** In one line, and of an end. */
  text(value: unknown, field: string): string {
    const text = typeof value === 'string' ? value : '';
    // eslint-disable-next-line no-control-regex -- they are what is to go
    const kept = text.slice(0, longestMessage).replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
    if (kept !== value && isThere(value))
      this.leaveOut(
        field,
        `a text without control characters is expected, of ${longestMessage} characters at the most`,
      );
    return kept;
  }

  #list(value: unknown, field: string, most: number): readonly unknown[] {
    if (Array.isArray(value)) {
      if (value.length > most)
        this.leaveOut(field, `it has ${value.length} entries; those behind ${most} are left out`);
      return value.slice(0, most);
    }
    if (isThere(value)) this.leaveOut(field, 'a list is expected');
    return [];
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
