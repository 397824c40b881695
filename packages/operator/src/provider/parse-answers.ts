import {
  formatAddress,
  parseAddress,
  parseCidr,
  providerErrorClasses,
  type AttachedAddress,
  type CidrObservation,
  type InterfaceLimits,
  type NodeObservation,
  type ProviderChange,
  type ProviderChangeResult,
  type ProviderErrorClass,
  type ProviderErrorDescription,
  type ProviderInterface,
  type ProviderObservation,
  type UsedAddress,
} from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';
import { asList, asObject, inOneLine, inWords, WrongShape } from '../built-in/answers.ts';

/**
 * The answers of providers, parsed where they come in: a provider is anybody's code. What is wrong is an error of the
 * node, CIDR or change that it is about, and of the whole answer only where that says nothing of any of them. What was
 * not asked for is left out, and nothing of the provider's own objects is kept.
 */

const classes: ReadonlySet<string> = new Set(providerErrorClasses);
const limitNames = ['ipv4', 'ipv6', 'total'] as const satisfies readonly (keyof InterfaceLimits)[];
const longestText = 500;
const longestRetry = 3_600_000;
/** More addresses than a CIDR or an interface has; a list may claim to have four thousand million. */
const mostEntries = 262_144;

/** What was asked of `observe`. */
interface Asked {
  readonly nodes: readonly { readonly name: string }[];
  readonly cidrs: readonly string[];
}

/**
 * The answer of `observe`: one entry for every node and CIDR that was asked for, in that order.
 *
 * @throws WrongShape when it is no observation at all
 */
export function parseObservation(answer: unknown, { nodes, cidrs }: Asked): ProviderObservation {
  const { nodes: seenNodes, cidrs: seenCidrs } = record(answer, 'observe');
  const byNode = keyed(list(seenNodes, 'observe: nodes'), 'node', new Set(nodes.map(({ name }) => name)));
  const byCidr = keyed(list(seenCidrs, 'observe: cidrs'), 'cidr', new Set(cidrs));
  return {
    nodes: nodes.map(({ name: node }) =>
      orError(
        () => parseNode(node, byNode.get(node)),
        (error): NodeObservation => ({ node, error }),
      ),
    ),
    cidrs: cidrs.map((cidr) =>
      orError(
        () => parseCidrObservation(cidr, byCidr.get(cidr)),
        (error): CidrObservation => ({ cidr, error }),
      ),
    ),
  };
}

/**
 * The answer of `apply`: one result for every change that was asked for, in that order. A change of which it says
 * nothing may or may not have happened.
 *
 * @throws WrongShape when it is no list of results
 */
export function parseResults(answer: unknown, changes: readonly ProviderChange[]): readonly ProviderChangeResult[] {
  const results = new Map<string, unknown>();
  for (const result of list(answer, 'apply')) {
    if (isRecord(result) && isRecord(result['change'])) results.set(keyOfChange(result['change']), result);
  }
  return changes.map((change) =>
    orError(
      () => parseResult(change, results.get(keyOfChange(change))),
      (error): ProviderChangeResult => ({ change, outcome: 'failed', error }),
    ),
  );
}

/** An error as a provider describes it; whatever else it is, is of unknown effect. */
export function parseErrorDescription(error: unknown): ProviderErrorDescription {
  if (!isRecord(error)) return { class: 'unknown', message: 'the provider gives no reason' };
  const { class: errorClass, code, message, retryAfterMilliseconds: retry } = error;
  return {
    class: typeof errorClass === 'string' && classes.has(errorClass) ? (errorClass as ProviderErrorClass) : 'unknown',
    ...(typeof code === 'string' ? { code: inOneLine(code) } : {}),
    message: typeof message === 'string' && message !== '' ? inOneLine(message) : 'the provider gives no reason',
    ...(typeof retry === 'number' && retry >= 0 ? { retryAfterMilliseconds: Math.min(longestRetry, retry) } : {}),
  };
}

function parseNode(node: string, seen: unknown): NodeObservation {
  const entry = record(seen, `observe: node ${node}`);
  if (entry['error'] !== undefined) return { node, error: parseErrorDescription(entry['error']) };
  const interfaces = list(entry['interfaces'], `observe: interfaces of node ${node}`).map((value) =>
    parseInterface(node, value),
  );
  const mains = interfaces.filter(({ main }) => main).length;
  if (mains !== 1) throw new WrongShape(`observe: node ${node} has ${mains} main interfaces, and one is expected`);
  const limits = parseLimits(node, entry['limits']);
  return { node, interfaces, limits, ...(entry['silent'] === true ? { silent: true } : {}) };
}

function parseInterface(node: string, value: unknown): ProviderInterface {
  const { id, main, subnets, addresses } = record(value, `observe: an interface of node ${node}`);
  if (typeof id !== 'string' || id.length > longestText || typeof main !== 'boolean')
    throw new WrongShape(
      `observe: interface ${inWords(id)} of node ${node}: id is a short text, and main true or false`,
    );
  const where = `observe: interface ${inOneLine(id)} of node ${node}`;
  return {
    id,
    main,
    subnets: list(subnets, `${where}: subnets`).map((subnet) => parseCidrText(subnet, where)),
    addresses: list(addresses, `${where}: addresses`).map((entry): AttachedAddress => {
      const { address, primary, incomplete } = record(entry, `${where}: an address`);
      return {
        address: parseAddressText(address, where),
        primary: primary === true,
        ...(incomplete === true ? { incomplete } : {}),
      };
    }),
  };
}

function parseLimits(node: string, value: unknown): InterfaceLimits {
  const seen = record(value, `observe: limits of node ${node}`);
  return Object.fromEntries(
    limitNames.flatMap((name) => {
      const limit = seen[name];
      if (limit === undefined) return [];
      if (!(typeof limit === 'number' && limit >= 0))
        throw new WrongShape(`observe: limits of node ${node} are numbers of addresses`);
      return [[name, limit]];
    }),
  );
}

function parseCidrObservation(cidr: string, seen: unknown): CidrObservation {
  const where = `observe: CIDR ${cidr}`;
  const { error, inUse, reserved } = record(seen, where);
  if (error !== undefined) return { cidr, error: parseErrorDescription(error) };
  return {
    cidr,
    inUse: list(inUse, `${where}: inUse`).map((entry): UsedAddress => {
      const { address, usedBy } = record(entry, `${where}: an address in use`);
      return {
        address: parseAddressText(address, where),
        usedBy: typeof usedBy === 'string' ? inOneLine(usedBy) : '?',
      };
    }),
    reserved: list(reserved, `${where}: reserved`).map((entry) => {
      const [first, last] = typeof entry === 'string' ? entry.split('-', 2) : [];
      return last === undefined
        ? parseAddressText(first, where)
        : `${parseAddressText(first, where)}-${parseAddressText(last, where)}`;
    }),
  };
}

function parseResult(change: ProviderChange, value: unknown): ProviderChangeResult {
  const { outcome, error } = record(value, `apply: the result of ${change.type} of ${change.address}`);
  if (outcome === 'done') return { change, outcome };
  if (outcome === 'failed') return { change, outcome, error: parseErrorDescription(error) };
  throw new WrongShape(`apply: the outcome of ${change.type} of ${change.address} is neither "done" nor "failed"`);
}

function parseAddressText(value: unknown, where: string): string {
  const address = typeof value === 'string' && value.length <= 64 ? parseAddress(value) : undefined;
  if (address === undefined) throw new WrongShape(`${where}: ${inWords(value)} is no address`);
  return formatAddress(address);
}

function parseCidrText(value: unknown, where: string): string {
  const parsed = typeof value === 'string' && value.length <= 64 ? parseCidr(value) : undefined;
  if (parsed === undefined) throw new WrongShape(`${where}: ${inWords(value)} is no CIDR`);
  return parsed.cidr.text;
}

/** Entries by their name; of several with the same name none counts, as nobody knows which is right. */
function keyed(entries: readonly unknown[], field: string, asked: ReadonlySet<string>): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const entry of entries) {
    const key = isRecord(entry) ? entry[field] : undefined;
    if (typeof key === 'string' && asked.has(key)) found.set(key, found.has(key) ? undefined : entry);
  }
  return found;
}

function keyOfChange(change: Readonly<Record<string, unknown>> | ProviderChange): string {
  const { type, address, node } = change as Readonly<Record<string, unknown>>;
  return JSON.stringify([type, address, isRecord(node) ? node['name'] : undefined]);
}

/** What a part of an answer says, or that it is wrong, as an error of what it is about. */
function orError<Value>(parse: () => Value, fail: (error: ProviderErrorDescription) => Value): Value {
  try {
    return parse();
  } catch (error) {
    // Whatever reading throws, such as a field that is a function of the plug-in's.
    const reason = error instanceof WrongShape ? error.message : 'a part of it cannot be read';
    return fail({ class: 'unknown', message: inOneLine(`the provider answers wrongly: ${reason}`) });
  }
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (value === undefined) throw new WrongShape(`${where}: nothing is said of it, or twice`);
  return asObject(value, where);
}

/** A list of ours with the same entries: one of the provider's may have holes, or a `map` and an end of its own. */
function list(value: unknown, where: string): readonly unknown[] {
  const theirs = asList(value, where, mostEntries);
  return Array.from({ length: theirs.length }, (_, index): unknown => theirs[index]);
}
