/** An agent that is counted, and where its peers ask it. */
export interface Member {
  readonly node: string;
  /** IP address of the node. */
  readonly address: string;
  /** UDP port. */
  readonly port: number;
}

/** Who is counted from a number on. */
export interface RosterGeneration {
  readonly since: number;
  readonly members: readonly Member[];
}

/**
 * The agents that are counted when a majority is asked for. The operator writes it, every agent acknowledges its number
 * with a renewal. A higher number with the same members is a question: an agent that has acknowledged it helps nobody
 * any more who still counts by a lower one.
 */
export interface Roster {
  readonly number: number;
  /** By rising `since`; the last one is in force. Earlier ones stay while an agent may still count by them. */
  readonly generations: readonly RosterGeneration[];
}

/** Before anybody wrote one: nobody is counted. */
export const emptyRoster: Roster = { number: 0, generations: [] };

/** Whom an agent counts that acknowledged this number last. */
export function membersAt(roster: Roster, number: number): readonly Member[] {
  return roster.generations.findLast(({ since }) => since <= number)?.members ?? [];
}

/** The least number of members that is more than half of all. */
export function strictMajority(count: number): number {
  return Math.floor(count / 2) + 1;
}

/**
 * So many generations are kept at most: an agent that is behind by more is silent or does not play by the rules, and
 * is not to fill the object until nobody can write it.
 */
const mostGenerations = 16;

/** Whether an agent that counts by this number counts members that are not known any more. */
export function isForgotten(roster: Roster, number: number): boolean {
  return number > 0 && number <= roster.number && !roster.generations.some(({ since }) => since <= number);
}

/** So many numbers are passed over after a history was lost: what it had beyond what is known of it are but a few. */
const passedOver = 1_000;

/** A number that is higher than a roster's by more than this was written by nobody, whoever says that it was read. */
const mostLost = 1_000_000;

/** The highest of some numbers in Leases that this roster, or one of a history that the server lost, may have had. */
export function highestNumber(numbers: readonly number[], roster: Roster): number {
  return Math.max(0, ...numbers.filter((number) => number <= roster.number + mostLost));
}

/**
 * The next number; a new generation begins where the members change. Generations below `least` are forgotten.
 *
 * An agent that has acknowledged more than there is (`seen`) did so in a history that was lost, since the server was
 * set back to a backup, or the roster deleted: numbers go on beyond all that can have been, and whom anybody counted
 * before is not known any more.
 */
export function nextRoster(roster: Roster, members: readonly Member[], least: number, seen = 0): Roster {
  if (seen > roster.number) {
    const since = seen + passedOver;
    return { number: since, generations: [{ since, members }] };
  }
  const number = roster.number + 1;
  const current = roster.generations.at(-1);
  const isSame = current !== undefined && JSON.stringify(current.members) === JSON.stringify(members);
  const generations = isSame ? roster.generations : [...roster.generations, { since: number, members }];
  const firstNeeded = Math.max(
    0,
    generations.findLastIndex(({ since }) => since <= least),
  );
  return { number, generations: generations.slice(firstNeeded).slice(-mostGenerations) };
}

/** Reads a roster's JSON text; undefined for anything else. */
export function parseRoster(text: string): Roster | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { number, generations } = fields(value);
  if (!isCount(number) || !Array.isArray(generations)) return undefined;
  const known = new Map<string, Member>();
  const parsed = generations.map((generation) => parseGeneration(generation, known));
  return parsed.every((generation) => generation !== undefined) ? { number, generations: parsed } : undefined;
}

/** Most members are in all generations: each is kept once, as of 500 nodes that is two MiB of an agent. */
function parseGeneration(value: unknown, known: Map<string, Member>): RosterGeneration | undefined {
  const { since, members } = fields(value);
  if (!isCount(since) || !Array.isArray(members)) return undefined;
  const parsed = members.map((member) => parseMember(member, known));
  return parsed.every((member) => member !== undefined) ? { since, members: parsed } : undefined;
}

function parseMember(value: unknown, known: Map<string, Member>): Member | undefined {
  const { node, address, port } = fields(value);
  if (typeof node !== 'string' || typeof address !== 'string' || !isCount(port)) return undefined;
  const key = `${node} ${address} ${port}`;
  const member = known.get(key) ?? { node, address, port };
  known.set(key, member);
  return member;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
