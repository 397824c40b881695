import type { Clock, ClockTimer } from '@egressip-ipam/kube';

/** A node that may be looked at. */
export interface ProbedNode {
  readonly name: string;
  /** Its first address; a node without one is left alone. */
  readonly address: string | undefined;
}

/** What a {@link NodeProbe} works with. */
export interface NodeProbeOptions {
  readonly clock: Clock;
  /** The nodes that the API server calls Ready. */
  readonly nodes: () => readonly ProbedNode[];
  /** Milliseconds since the kubelet's lease of a node was seen to change; undefined where it has none. */
  readonly leaseAge: (node: string) => number | undefined;
  /** Whether a TCP connection to a node can be made. */
  readonly canConnect: (address: string) => Promise<boolean>;
  /** The set of dead nodes is another one. */
  readonly onChange: () => void;
  readonly onDead?: (node: string, leaseAge: number) => void;
  /** Too many nodes are missing at once: the operator itself is cut off. */
  readonly onSuspended?: (missing: number, all: number) => void;
}

const period = 1_000;
/**
 * A kubelet renews its lease every 10 s (a quarter of nodeLeaseDurationSeconds, 40): one older than this is worth a
 * look.
 */
const suspiciousAge = 4_000;
const deadAge = 7_000;
const failuresToDie = 3;
/** With more of the nodes missing than this, it is not the nodes. */
const largestShare = 1 / 3;
const mostConnections = 64;

/**
 * Finds dead nodes before the API server does (40 s and more): a node is dead when its
 * lease is old and it takes no connections either. One sign alone moves nothing, nor do
 * many nodes at once.
 */
export class NodeProbe {
  readonly #options: NodeProbeOptions;
  readonly #failures = new Map<string, number>();
  readonly #dead = new Set<string>();
  #timer: ClockTimer | undefined;
  #stopped = false;

  constructor(options: NodeProbeOptions) {
    this.#options = options;
  }

  /** Nodes that are dead though the API server calls them Ready. */
  get dead(): ReadonlySet<string> {
    return this.#dead;
  }

  /** Begins to look, once a second. */
  start(): void {
    this.#timer = this.#options.clock.setTimeout(() => void this.#round(), period);
  }

  /** Looks no more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #round(): Promise<void> {
    await this.look();
    if (!this.#stopped) this.start();
  }

  /** One look at the nodes that may be dead. */
  async look(): Promise<void> {
    const nodes = this.#options
      .nodes()
      .filter((node): node is ProbedNode & { address: string } => node.address !== undefined);
    this.#forget(nodes);
    const suspicious = nodes.filter(({ name }) => this.#ageOf(name) >= suspiciousAge || this.#dead.has(name));
    await this.#connect(suspicious);
    for (const { name } of suspicious) if (this.#dead.has(name) && this.#isAlive(name)) this.#revive(name);
    const dying = nodes.filter(({ name }) => !this.#dead.has(name) && this.#isDead(name));
    if (dying.length === 0) return;
    await this.#connect(nodes.filter((node) => !suspicious.includes(node)));
    const missing = nodes.filter(({ name }) => (this.#failures.get(name) ?? 0) > 0).length;
    if (missing > nodes.length * largestShare) return this.#options.onSuspended?.(missing, nodes.length);
    for (const { name } of dying) this.#bury(name);
  }

  async #connect(nodes: readonly { readonly name: string; readonly address: string }[]): Promise<void> {
    const queue = nodes.values();
    const work = async (): Promise<void> => {
      for (const { name, address } of queue) {
        if (await this.#options.canConnect(address)) this.#failures.delete(name);
        else this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: Math.min(mostConnections, nodes.length) }, work));
  }

  #ageOf(node: string): number {
    return this.#options.leaseAge(node) ?? 0;
  }

  #isDead(node: string): boolean {
    return this.#ageOf(node) >= deadAge && (this.#failures.get(node) ?? 0) >= failuresToDie;
  }

  #isAlive(node: string): boolean {
    return this.#ageOf(node) < deadAge || !this.#failures.has(node);
  }

  #bury(node: string): void {
    this.#dead.add(node);
    this.#options.onDead?.(node, this.#ageOf(node));
    this.#options.onChange();
  }

  #revive(node: string): void {
    this.#dead.delete(node);
    this.#options.onChange();
  }

  /** A node that is gone, or that the API server has given up itself, is no business of the probe any more. */
  #forget(nodes: readonly ProbedNode[]): void {
    const names = new Set(nodes.map(({ name }) => name));
    for (const name of this.#failures.keys()) if (!names.has(name)) this.#failures.delete(name);
    for (const name of [...this.#dead]) if (!names.has(name)) this.#revive(name);
  }
}
