import { splitAddressFilters } from './address-filters.ts';
import { Ec2Error } from './ec2-error.ts';
import type { MotoClient } from './moto-client.ts';
import { filtersOf, listParameter, type Ec2Parameters } from './query.ts';
import { items, text, type XmlElement } from './xml.ts';

/** A describe call that comes in pages. */
interface PagedAction {
  /** Name of the answer's list. */
  readonly list: string;
  readonly maximum: number;
  /** Parameter of the IDs that must not come with MaxResults. */
  readonly unpagedIds?: string;
  /** Puts right what moto says wrongly of an item. */
  readonly repair?: (item: XmlElement) => XmlElement;
}

/** Limits: EC2 API Reference, MaxResults of each action. */
const pagedActions: Readonly<Record<string, PagedAction>> = {
  DescribeInstances: { list: 'reservationSet', maximum: 1000, unpagedIds: 'InstanceId' },
  DescribeNetworkInterfaces: { list: 'networkInterfaceSet', maximum: 1000, unpagedIds: 'NetworkInterfaceId' },
  DescribeSubnets: { list: 'subnetSet', maximum: 1000, repair: repairSubnet },
  DescribeInstanceTypes: { list: 'instanceTypeSet', maximum: 100 },
};

const minimumPage = 5;
const maximumFilterValues = 200;

/** The action as one that comes in pages; undefined for others. */
export function pagedAction(action: string): PagedAction | undefined {
  return pagedActions[action];
}

/**
 * One page of a describe call, with the limits that moto leaves out; a page of instances is one of reservations.
 *
 * @param change applied to the whole list before it is cut into pages
 */
export async function describePage(
  moto: MotoClient,
  { list, maximum, unpagedIds, repair = (item) => item }: PagedAction,
  parameters: Ec2Parameters,
  change: (all: XmlElement[]) => XmlElement[],
): Promise<XmlElement> {
  const { MaxResults: size, NextToken: token, ...rest } = parameters;
  checkFilters(rest);
  if (size !== undefined && unpagedIds !== undefined && listParameter(rest, unpagedIds).length > 0) {
    throw new Ec2Error(
      'InvalidParameterCombination',
      `The parameter ${unpagedIds} cannot be used with the parameter maxResults`,
    );
  }
  if (size !== undefined && !(Number(size) >= minimumPage && Number(size) <= maximum)) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value from ${minimumPage} to ${maximum}.`,
    );
  }
  const start = token === undefined ? 0 : startOf(token, rest);
  const { rest: known, select } = splitAddressFilters(rest);
  const all = select(change(await readAll(moto, known, list))).map(repair);
  const end = size === undefined ? all.length : start + Number(size);
  return { [list]: { item: all.slice(start, end) }, ...(end < all.length && { nextToken: tokenOf(end, rest) }) };
}

// moto wraps the state of an IPv6 block once too often, where clients look for `associated`.
function repairSubnet(subnet: XmlElement): XmlElement {
  const associations = items(subnet, 'ipv6CidrBlockAssociationSet').map((association) => ({
    ...association,
    ipv6CidrBlockState: { state: 'associated' },
  }));
  return { ...subnet, ipv6CidrBlockAssociationSet: { item: associations } };
}

function checkFilters(parameters: Ec2Parameters): void {
  const large = filtersOf(parameters).find(({ values }) => values.length > maximumFilterValues);
  if (large) {
    throw new Ec2Error(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${maximumFilterValues}; ${large.name} has ${large.values.length}`,
    );
  }
}

// moto names the first unknown instance only.
async function readAll(moto: MotoClient, parameters: Ec2Parameters, list: string): Promise<XmlElement[]> {
  try {
    return await moto.list(parameters, list);
  } catch (error) {
    if (!(error instanceof Ec2Error && error.code === 'InvalidInstanceID.NotFound')) throw error;
    const known = await moto.list({ Action: 'DescribeInstances' }, 'reservationSet');
    const knownIds = new Set(
      known.flatMap((reservation) =>
        items(reservation, 'instancesSet').map((instance) => text(instance, 'instanceId')),
      ),
    );
    const unknown = listParameter(parameters, 'InstanceId').filter((id) => !knownIds.has(id));
    throw new Ec2Error(
      error.code,
      unknown.length === 1
        ? `The instance ID '${unknown[0]}' does not exist`
        : `The instance IDs '${unknown.join(', ')}' do not exist`,
    );
  }
}

// A token holds the place, and is good for the same call only.
function tokenOf(start: number, parameters: Ec2Parameters): string {
  return Buffer.from(JSON.stringify([start, parameters])).toString('base64url');
}

function startOf(token: string, parameters: Ec2Parameters): number {
  const start = Number(/^\[(\d+),/.exec(Buffer.from(token, 'base64url').toString())?.[1]);
  if (Number.isNaN(start) || tokenOf(start, parameters) !== token)
    throw new Ec2Error('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
  return start;
}
