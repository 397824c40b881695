import type { Filter } from '@aws-sdk/client-ec2';
import {
  cidrsOverlap,
  ProviderError,
  type Cidr,
  type ProviderErrorClass,
  type ProviderErrorDescription,
} from '@egressip-ipam/core';
import type { Clock } from '../calls/clock.ts';
import type { SubnetReference } from '../cluster/machine-sets.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { readSubnet, type SubnetFacts } from './subnet-facts.ts';

/** What a look needs of the subnets. */
export interface SubnetQuestion {
  /** VPCs of the nodes. */
  readonly vpcIds: readonly string[];
  /** Subnets of the nodes' main interfaces. */
  readonly subnetIds: readonly string[];
  readonly cidrs: readonly Cidr[];
  /** Where new machines go. */
  readonly references: readonly SubnetReference[];
}

/** The subnets that are known, by ID, and what could not be read of them. */
export interface SubnetReading {
  readonly subnets: ReadonlyMap<string, SubnetFacts>;
  readonly error?: ProviderErrorDescription;
}

/** Tells the subnets of the nodes' VPCs. */
export interface Subnets {
  /** Never throws. */
  read(question: SubnetQuestion): Promise<SubnetReading>;
}

/**
 * Subnets come and go seldom, and only those that have a node matter much: one in a new subnet is asked about at once.
 */
const maximumAge = 86_400_000;
/**
 * What is older than this is read again when nodes or CIDRs are others than before: who changes subnets mostly does it
 * for them.
 */
const casualAge = 600_000;
/** What was not there may have been made meanwhile. */
const absenceAge = 300_000;
/** After these, the same question soon gets another answer. */
const passingClasses: ReadonlySet<ProviderErrorClass> = new Set(['throttled', 'transient', 'unknown']);

/**
 * Remembers subnets; reads them again when something is asked for that they do not hold and did not hold when they were
 * read last, when the cluster changes and they are not quite new, and once a day.
 */
export function createSubnets(api: Ec2Api, clock: Clock): Subnets {
  let known: SubnetReading = { subnets: new Map() };
  let answered = new Set<string>();
  /** For which nodes and CIDRs. */
  let readFor = '';
  let readAt = -Infinity;

  const isAnswered = (question: SubnetQuestion): boolean => {
    const absent = missing(question, known.subnets);
    const age = absent.length > 0 ? absenceAge : readFor === clusterOf(question) ? maximumAge : casualAge;
    return clock.now() - readAt < age && [...topics(question), ...absent].every((topic) => answered.has(topic));
  };

  return {
    async read(question) {
      if (isAnswered(question)) return known;
      const startedAt = clock.now();
      try {
        known = await readAll(api, question);
        readFor = clusterOf(question);
        answered = new Set([...topics(question), ...missing(question, known.subnets)]);
        readAt = known.error !== undefined && passingClasses.has(known.error.class) ? -Infinity : startedAt;
        return known;
      } catch (error) {
        if (!ProviderError.isInstance(error)) throw error;
        return { subnets: known.subnets, error: error.description };
      }
    },
  };
}

function clusterOf({ subnetIds, cidrs }: SubnetQuestion): string {
  return [...subnetIds, ...cidrs.map(({ text }) => text)].join();
}

/** What was asked, whatever the answer. */
function topics({ vpcIds, references }: SubnetQuestion): readonly string[] {
  return [...vpcIds, ...references.map((reference) => JSON.stringify(reference))];
}

/** What has no subnet. */
function missing({ subnetIds, cidrs }: SubnetQuestion, subnets: ReadonlyMap<string, SubnetFacts>): readonly string[] {
  const met = (cidr: Cidr): boolean =>
    [...subnets.values()].some((subnet) => subnet.cidrs.some((own) => cidrsOverlap(own, cidr)));
  return [...subnetIds.filter((id) => !subnets.has(id)), ...cidrs.filter((cidr) => !met(cidr)).map(({ text }) => text)];
}

/**
 * Throws a ProviderError when the VPCs' subnets cannot be read; a reference that cannot be read spoils nothing else.
 */
async function readAll(api: Ec2Api, { vpcIds, references }: SubnetQuestion): Promise<SubnetReading> {
  const subnets = new Map<string, SubnetFacts>();
  const add = async (filters: readonly Filter[]): Promise<void> => {
    for (const shown of await api.describeSubnets(filters)) {
      const subnet = readSubnet(shown);
      if (subnet !== undefined) subnets.set(subnet.id, subnet);
    }
  };
  const vpcs = [...new Set(vpcIds)].sort();
  if (vpcs.length > 0) await add([{ Name: 'vpc-id', Values: vpcs }]);
  let failure: ProviderErrorDescription | undefined;
  for (const filters of questionsOf(references, subnets)) {
    try {
      await add(filters);
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      failure = error.description;
    }
  }
  return {
    subnets: new Map([...subnets].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(failure === undefined ? {} : { error: failure }),
  };
}

/**
 * What is to be asked about references: one question for all IDs that are not known yet, one for each filter that
 * stands alone, one for each set of filters.
 */
function questionsOf(
  references: readonly SubnetReference[],
  known: ReadonlyMap<string, SubnetFacts>,
): readonly (readonly Filter[])[] {
  const ids = references.flatMap((reference) => idOf(reference) ?? []).filter((id) => !known.has(id));
  const sets = references.filter((reference) => idOf(reference) === undefined).map(({ filters = [] }) => filters);
  // A filter's values are alternatives, so that the tags of many MachineSets are one question.
  const alone = new Map<string, Set<string>>(ids.length === 0 ? [] : [['subnet-id', new Set(ids)]]);
  for (const [first, ...others] of sets) {
    if (first !== undefined && others.length === 0)
      alone.set(first.name, new Set([...(alone.get(first.name) ?? []), ...first.values]));
  }
  const together = sets
    .filter(({ length }) => length > 1)
    .map((filters) => filters.map(({ name, values }) => ({ Name: name, Values: [...values] })));
  const distinct = new Map(together.map((filters) => [JSON.stringify(filters), filters]));
  return [...[...alone].map(([Name, values]) => [{ Name, Values: [...values].sort() }]), ...distinct.values()];
}

/**
 * `arn:PARTITION:ec2:REGION:ACCOUNT:subnet/subnet-…` ends with the ID (Service Authorization Reference, "Resource types
 * defined by Amazon EC2").
 */
function idOf({ id, arn }: SubnetReference): string | undefined {
  const text = id ?? arn?.split('/').at(-1);
  return text === '' ? undefined : text;
}
