import {
  cidrContains,
  isIdle,
  isReady,
  parseAddress,
  parseCidr,
  type Address,
  type Allocation,
  type ClusterSnapshot,
  type Concerns,
  type EgressIPAMReport,
  type RefusedAddress,
} from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import { bareFamilies } from '../guard/bare-namespaces.ts';
import { printable } from '../output/printable.ts';
import type { Unknown } from './unknown.ts';

/** A Kubernetes condition. */
interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

const mostWaitingClaims = 10;
const mostRefused = 100;
const ours: ReadonlySet<string> = new Set(['Ready', 'Degraded', 'Assigned']);

/**
 * What an EgressIPAM's status should say. A condition keeps the time of its last
 * transition, so that the same plan makes the same status.
 */
export function statusOf(
  concerns: Concerns,
  snapshot: ClusterSnapshot,
  report: EgressIPAMReport,
  before: Readonly<Record<string, unknown>>,
  refused: readonly RefusedAddress[] = [],
): Readonly<Record<string, unknown>> {
  const { problems, waiting, errors } = concerns;
  const ready = isReady(concerns);
  const known = conditionsIn(before);
  const condition = (type: string, isTrue: boolean, reason: string, message: string): Condition => {
    const status = isTrue ? 'True' : 'False';
    const last = known.find((entry) => entry.type === type);
    return {
      type,
      status,
      reason,
      message: printable(message).slice(0, 32_768),
      ...(report.generation === undefined ? {} : { observedGeneration: report.generation }),
      lastTransitionTime:
        last?.status === status ? last.lastTransitionTime : (snapshot.time ?? new Date(0).toISOString()),
    };
  };
  const unserved = waiting.filter(({ mender }) => mender === 'cluster');
  const lost = concerns.lost.filter(isIdle);
  const uncertain = concerns.lost.filter((allocation) => !isIdle(allocation));
  const idle = [...notCarried(lost), ...notCertain(uncertain)];
  const delayed = claimsWaiting(unserved);
  const broken = [...idle, ...delayed];
  // The worst first: what is wrong with the EgressIPAM itself is mostly why its claims wait.
  const troubles = [
    ...idle,
    ...troublesOfNamespaces(errors),
    ...troublesIn(problems, 'error'),
    ...delayed,
    ...troublesIn(problems, 'warning'),
  ];
  const served = servedIn(report);
  const { states } = report;
  const some = lost
    .slice(0, mostWaitingClaims)
    .map(({ namespace }) => namespace)
    .join(', ');
  return {
    conditions: [
      ...known.filter(({ type }) => !ours.has(type)),
      condition(
        'Ready',
        ready,
        broken[0]?.reason ?? (report.served === report.claims ? 'AllServed' : 'SomeRefused'),
        [...messagesOf(broken), ready ? `${served}, and every address carries traffic` : served].join('; '),
      ),
      condition(
        'Degraded',
        troubles.length > 0,
        troubles[0]?.reason ?? 'AsExpected',
        messagesOf(troubles).join('; ') || 'nothing is wrong with this EgressIPAM',
      ),
      ...(states === undefined
        ? []
        : [
            condition(
              'Assigned',
              lost.length === 0,
              lost.length === 0 ? 'AllAssigned' : 'Unassigned',
              lost.length === 0
                ? 'no namespace is without a node for its addresses'
                : `no node carries addresses of ${count(lost.length)}: ${some}${leaking(lost)}`,
            ),
          ]),
    ],
    ...(report.generation === undefined ? {} : { observedGeneration: report.generation }),
    cidrs: report.cidrs.map(
      ({ cidr, labelValue, total, reserved, allocated, free, placed, carried, capacity, nodes }) => ({
        cidr,
        labelValue,
        total,
        reserved,
        allocated,
        free,
        placed,
        carried,
        ...(capacity === undefined ? {} : { capacity }),
        nodes: nodes.length,
      }),
    ),
    claims: report.claims,
    served: report.served,
    carried: report.carried,
    waiting: waiting.length,
    refused: report.refused,
    refusedAddresses: refused.filter(({ address }) => isIn(report, address)).slice(0, mostRefused),
    summary: {
      served: `${report.served}/${report.claims}`,
      carried: `${report.carried}/${report.claims}`,
      free: freeIn(report),
    },
    waitingClaims: waiting
      .slice(0, mostWaitingClaims)
      .map(({ namespace, reason }) => ({ namespace, reason: reason.code, message: printable(reason.message) })),
  };
}

/**
 * A status that calls nothing well, nor ill (law 12): it may all have changed since it was known.
 *
 * @param status what is to be said but for that; without a plan, what stands there
 */
export function unknownStatus(
  status: Readonly<Record<string, unknown>>,
  { reason, message }: Unknown,
  before: Readonly<Record<string, unknown>>,
  time: string,
): Readonly<Record<string, unknown>> {
  const [known, conditions] = [conditionsIn(before), conditionsIn(status)];
  const isAssigned = conditions.some(({ type }) => type === 'Assigned');
  const ofOurs = ['Ready', 'Degraded', ...(isAssigned ? ['Assigned'] : [])].map((type): Condition => {
    const last = known.find((entry) => entry.type === type);
    return {
      ...conditions.find((entry) => entry.type === type),
      ...{ type, status: 'Unknown', reason, message: printable(message).slice(0, 32_768) },
      lastTransitionTime: last?.status === 'Unknown' ? last.lastTransitionTime : time,
    };
  });
  const { claims } = status;
  return {
    ...status,
    conditions: [...conditions.filter(({ type }) => !ours.has(type)), ...ofOurs],
    ...(typeof claims === 'number' ? { summary: { ...asRecord(status['summary']), carried: `?/${claims}` } } : {}),
  };
}

function conditionsIn({ conditions }: Readonly<Record<string, unknown>>): readonly Condition[] {
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}

/** Something that keeps an EgressIPAM from being well. */
interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** So many troubles are named at the most. */
const mostTroubles = 5;

const messagesOf = (troubles: readonly Trouble[]): readonly string[] =>
  troubles.slice(0, mostTroubles).map(({ message }) => message);

function troublesIn(problems: Concerns['problems'], severity: 'error' | 'warning'): readonly Trouble[] {
  return problems
    .filter((problem) => problem.severity === severity)
    .map(({ code, message }) => ({ reason: code, message: `${message} (${code})` }));
}

/** Whose traffic leaves with addresses of nodes, and whose is dropped; of others, something of theirs carries it. */
function leaking(lost: Concerns['lost']): string {
  const bare = lost.filter((allocation) => bareFamilies(allocation).length > 0);
  if (bare.length === 0) return '; other addresses of theirs carry the traffic';
  const { dropped = [], leaving = [] } = Object.groupBy(bare, (allocation) =>
    isDropped(allocation) ? 'dropped' : 'leaving',
  );
  const trafficOf = (some: Concerns['lost'], fate: string): string =>
    some.length === 0 ? '' : `; traffic of ${count(some.length)} ${fate}: ${namesOf(some)}`;
  return (
    trafficOf(leaving, 'leaves with node addresses') +
    trafficOf(dropped, 'is dropped, as interfaces lack the addresses that it is sent out by')
  );
}

/** The network sends it out by all of its addresses that do not carry it. */
function isDropped({ addresses, carrying = [], unattached = [] }: Allocation): boolean {
  return addresses.every((address) => carrying.includes(address) || unattached.includes(address));
}

/** Law 12: every address carries traffic, or nothing is called well. */
function notCarried(lost: Concerns['lost']): readonly Trouble[] {
  if (lost.length === 0) return [];
  const isServed = lost.every((allocation) => bareFamilies(allocation).length === 0);
  const others = isServed ? '; other addresses of theirs carry the traffic' : '';
  const message = `addresses of ${count(lost.length)} carry no traffic: ${namesOf(lost)}${others}`;
  return [{ reason: 'NotCarried', message }];
}

/** What is served by objects of others, too, leaves by the addresses of one or of the other. */
function notCertain(uncertain: Concerns['lost']): readonly Trouble[] {
  if (uncertain.length === 0) return [];
  const message = `nobody can say whether traffic of ${count(uncertain.length)} leaves by these addresses: ${namesOf(uncertain)}`;
  return [{ reason: 'NotCarried', message }];
}

/**
 * Of each code one line, with what the first of them is told, as the way out is mostly the same. Traffic leaves by an
 * address in conflict, and what comes back may reach another who answers for it.
 */
function troublesOfNamespaces(errors: Concerns['errors']): readonly Trouble[] {
  return [...Map.groupBy(errors, ({ code }) => code)].map(([code, alike]) => {
    const namespaces = [...new Set(alike.map(({ object }) => object.name))];
    const names = namesOf(namespaces.map((namespace) => ({ namespace })));
    const message =
      code === 'AddressConflict'
        ? `something else uses addresses of ${count(namespaces.length)} too: ${names}`
        : `${names}: ${alike[0]?.message ?? ''}`;
    return { reason: code, message: `${message} (${code})` };
  });
}

/** Law 12: no claim waits for what is not its owner's to mend. What owners mistyped is counted beside. */
function claimsWaiting(unserved: Concerns['waiting']): readonly Trouble[] {
  if (unserved.length === 0) return [];
  const codes = [...new Set(unserved.map(({ reason }) => reason.code))].join(', ');
  const wait = unserved.length === 1 ? 'waits' : 'wait';
  return [{ reason: 'ClaimsWaiting', message: `${count(unserved.length)} ${wait}: ${namesOf(unserved)} (${codes})` }];
}

function servedIn({ served, claims, refused }: EgressIPAMReport): string {
  const mistyped = refused === 0 ? '' : ` (${refused} refused for what owners wrote)`;
  return `${served} of ${count(claims)} served${mistyped}`;
}

const count = (namespaces: number): string => `${namespaces} namespace${namespaces === 1 ? '' : 's'}`;

function namesOf(entries: readonly { readonly namespace: string }[]): string {
  const some = entries.slice(0, 3).map(({ namespace }) => namespace);
  return `${some.join(', ')}${entries.length > 3 ? ', …' : ''}`;
}

/** Addresses that can still be handed out in all CIDRs together, decimal text. */
function freeIn({ cidrs }: EgressIPAMReport): string {
  return cidrs.reduce((sum, { free }) => sum + BigInt(free), 0n).toString();
}

function isIn({ cidrs }: EgressIPAMReport, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && cidrs.some((entry) => contains(entry.cidr, address));
}

function contains(text: string, address: Address): boolean {
  const cidr = parseCidr(text)?.cidr;
  return cidr !== undefined && cidrContains(cidr, address);
}
