import type { AgentLease, AgentSighting } from '@egressip-ipam/agent/objects';

interface Seen {
  readonly lease: AgentLease;
  readonly renewedAt: number;
  readonly acknowledgements: AgentSighting['acknowledgements'];
}

// Without the older ones an agent counts as having acknowledged later than it did: what is fenced waits, at worst.
const mostAcknowledgements = 32;
/** Nodes whose names never come again; as many are not lost within a term. */
const mostGone = 1_000;

/** Remembers when what of the agents' Leases was first seen: no clock but our own is believed. */
export class Sightings {
  readonly #seen = new Map<string, Seen>();
  readonly #gone = new Map<string, Seen>();

  /** A Lease, as it is now. */
  note(lease: AgentLease, now: number): void {
    const known = this.#seen.get(lease.node) ?? this.#gone.get(lease.node);
    this.#gone.delete(lease.node);
    const isRenewed = known?.lease.renewTime !== lease.renewTime || known.lease.holder !== lease.holder;
    const earlier = known?.acknowledgements ?? [];
    const acknowledgements =
      lease.acknowledged > (earlier.at(-1)?.number ?? 0)
        ? [...earlier, { number: lease.acknowledged, seenAt: now }].slice(-mostAcknowledgements)
        : earlier;
    this.#seen.set(lease.node, {
      lease,
      renewedAt: known === undefined || isRenewed ? now : known.renewedAt,
      acknowledgements,
    });
  }

  /** The Lease is gone; its agent may hold addresses still. */
  noteGone(node: string, now: number): void {
    const known = this.#seen.get(node);
    if (known === undefined) return;
    this.#seen.delete(node);
    this.#gone.set(node, { ...known, renewedAt: Math.max(known.renewedAt, now) });
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > mostGone && oldest !== undefined) this.#gone.delete(oldest);
  }

  /** The Leases that are there. */
  get leases(): readonly AgentLease[] {
    return [...this.#seen.values()].map(({ lease }) => lease).sort((one, other) => (one.node < other.node ? -1 : 1));
  }

  lease(node: string): AgentLease | undefined {
    return this.#seen.get(node)?.lease;
  }

  /** The agent of a node, for the rules of fencing; undefined when it never had a Lease that was seen. */
  of(node: string): AgentSighting | undefined {
    const seen = this.#seen.get(node) ?? this.#gone.get(node);
    if (seen === undefined) return undefined;
    const { lease, renewedAt, acknowledgements } = seen;
    return {
      node,
      isHeld: lease.holder !== undefined,
      counts: [...new Set([lease.acknowledged, lease.counted])],
      renewedAt,
      acknowledgements,
    };
  }

  /** All agents. */
  get all(): readonly AgentSighting[] {
    return [...this.#seen.keys()].flatMap((node) => this.of(node) ?? []);
  }

  /** For how long an agent has been silent, in milliseconds; undefined when it never had a Lease that was seen. */
  silence(node: string, now: number): number | undefined {
    const seen = this.#seen.get(node);
    return seen === undefined ? undefined : now - seen.renewedAt;
  }
}
