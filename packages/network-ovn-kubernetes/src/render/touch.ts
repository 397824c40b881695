import type { Address, ClaimDecision, NetworkDecisions, NetworkStep, NetworkView } from '@egressip-ipam/core';
import type { ParsedEgressIP } from '../facts/parse-egress-ip.ts';
import type { OvnKubernetesFacts } from '../facts/read-facts.ts';
import type { Payload } from '../write/payload.ts';
import { egressIPStepId } from './egress-ip-steps.ts';
import { mayBeAssigned } from './next-addresses.ts';
import { NodeRoom } from './node-room.ts';

const second = 1_000;
/** The network gets so long to assign by itself, after whatever was written last. */
const shortestWait = 10 * second;
const longestWait = 600 * second;
/** A network that assigns others comes to this one, too; for so long it is left to that. */
const longestQueue = 60 * second;
/** A row of touches that ended so long ago was about something else. */
const rowEnds = 3_600 * second;

/** A row of times at which the network was asked to look again, in milliseconds since 1970. */
interface Touches {
  readonly first: number;
  readonly last: number;
}

/** What to do about an EgressIP that the network has not assigned, and when there will be something to do. */
export interface Touch {
  readonly step?: NetworkStep;
  readonly wakeAt?: number;
}

/**
 * OVN-Kubernetes tries an address that it could not assign again only when something happens to the object. Where there
 * is room for one, an annotation happens, each time after as long as it took so far: all of it can be told from the
 * object, so that a restart begins no new row.
 */
export class Touching {
  readonly #decisions: NetworkDecisions;
  readonly #time: number | undefined;
  readonly #room: NodeRoom;
  readonly #taken: ReadonlySet<Address>;
  /** When the network was seen at work last, in milliseconds since 1970. */
  readonly #workedAt: number;

  constructor(decisions: NetworkDecisions, facts: OvnKubernetesFacts, { time }: NetworkView) {
    this.#decisions = decisions;
    this.#time = time;
    this.#room = new NodeRoom(facts);
    this.#taken = new Set([
      ...facts.used.map(({ address }) => address),
      ...facts.configs.map(({ address }) => address),
    ]);
    this.#workedAt = workedAt(facts);
  }

  /** Decides about an EgressIP that says what it shall, and some of whose addresses carry nothing. */
  decide(claim: ClaimDecision, egressIP: ParsedEgressIP, missing: readonly Address[]): Touch {
    const { changedAt, touched } = egressIP.source;
    const changed = Date.parse(changedAt ?? '');
    if (this.#time === undefined || Number.isNaN(changed) || !egressIP.ours) return {};
    if (!missing.some((address) => this.#hasRoom(claim, egressIP, address))) return {};
    const row = currentRow(touched, this.#time);
    const wait = row === undefined ? shortestWait : Math.min(Math.max(row.last - row.first, shortestWait), longestWait);
    const due = Math.max(changed + wait, Math.min(this.#workedAt + shortestWait, changed + longestQueue));
    if (due > this.#time) return { wakeAt: due };
    return {
      step: touchStep(egressIP, `${isoTime(row?.first ?? this.#time)}/${isoTime(this.#time)}`),
      wakeAt: this.#time + shortestWait,
    };
  }

  /** Whether nothing is in the way of an address that no node has. */
  #hasRoom(claim: ClaimDecision, egressIP: ParsedEgressIP, address: Address): boolean {
    if (this.#taken.has(address) || egressIP.hosted.some((entry) => entry.address === address)) return false;
    return mayBeAssigned(this.#decisions, claim, egressIP, address, (node) => this.#room.isOn(node, address));
  }
}

/** When something happened last to an EgressIP that the network has assigned. */
function workedAt({ bindings }: OvnKubernetesFacts): number {
  // Kubernetes writes all times in one form, in which they stand in the order of texts.
  let newest = '';
  for (const { source, hosted } of bindings.values()) {
    if (hosted.length > 0 && source.changedAt !== undefined && source.changedAt > newest) newest = source.changedAt;
  }
  return newest === '' ? -Infinity : Date.parse(newest);
}

/** What the annotation says of a row that goes on; anything else begins a new one. */
function currentRow(text: string | undefined, time: number): Touches | undefined {
  const [first = Number.NaN, last = Number.NaN] = (text ?? '').split('/').map((part) => Date.parse(part));
  return first <= last && last <= time && time - last < rowEnds ? { first, last } : undefined;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function touchStep({ name, object, namespace }: ParsedEgressIP, touched: string): NetworkStep {
  return {
    kind: 'network',
    action: 'touch',
    id: egressIPStepId(name),
    object,
    namespace,
    effects: {},
    after: [],
    payload: { write: 'touch', touched } satisfies Payload,
  };
}
