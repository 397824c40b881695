import {
  isAlreadyExists,
  isNotFound,
  reasonOf,
  Reflector,
  ResourceClient,
  sleep,
  type Clock,
  type Resource,
  type RestClient,
} from '@egressip-ipam/kube';
import { randomBytes } from 'node:crypto';
import { egressNodes, type EgressNode } from '../egress-node/egress-node.ts';
import { handedOver } from '../egress-node/handed-over.ts';
import { readEgressNode } from '../egress-node/read-egress-node.ts';
import {
  afterAnswer,
  afterRenewal,
  holdAt,
  laterHold,
  released,
  termToTell,
  type Hold,
  type PeerAnswer,
} from '../fencing/hold.ts';
import { emptyRoster, membersAt, type Roster } from '../fencing/roster.ts';
import { readRosterObject, rosterName } from '../fencing/roster-object.ts';
import { timingsOf, type Timings } from '../fencing/timings.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { OwnAddress } from '../kernel/reconcile.ts';
import { LeaseKeeper } from '../lease/lease-keeper.ts';
import type { Announcer } from '../neighbours/announcer.ts';
import type { InputGuard } from '../packet-filter/input-guard.ts';
import { PeerSocket } from '../peers/peer-socket.ts';
import type { StateFile } from '../state/state-file.ts';
import type { Metrics } from './metrics.ts';
import { NodeKeeper } from './node-keeper.ts';
import type { AgentOptions, Log } from './options.ts';
import { StatusWriter } from './status-writer.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };
const nodes: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };

/** Reasons that are another text each time are told each time, and not kept. */
const mostWarned = 50;

/** What an {@link Agent} is made of. */
export interface AgentParts {
  readonly options: AgentOptions;
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly kernel: Kernel;
  readonly guard: InputGuard;
  readonly announcer: Announcer;
  readonly state: StateFile;
  /** Which start of the machine this is. */
  readonly bootID: string;
  readonly keys: () => readonly Buffer[];
  readonly metrics: Metrics | undefined;
}

/**
 * The agent of one node: renews its Lease, keeps the node's addresses by it, asks its peers when the API server is
 * away.
 */
export class Agent {
  readonly #parts: AgentParts;
  readonly #timings: Timings;
  readonly #keeper: NodeKeeper;
  readonly #lease: LeaseKeeper;
  readonly #peers: PeerSocket;
  readonly #node: Reflector<EgressNode>;
  readonly #rosters: Reflector<Roster>;
  readonly #status: StatusWriter;
  #hold: Hold;
  /**
   * The highest roster number that an acknowledgement was begun for; undefined when a former life may have begun one.
   */
  #acknowledged: number | undefined;
  /** The roster number that was there when the last renewal was sent, and that of the last one that succeeded. */
  #sentWith = 0;
  #servedWith = 0;
  #own: readonly OwnAddress[];
  /** Who was counted in the former life: what it held is kept by that, where the API server is away. */
  readonly #formerRoster: Roster;
  #mayTake = false;
  #owner: Readonly<Record<string, unknown>> = {};
  #expiry: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;
  #isRefused = false;
  /** What was said of trouble that has not passed since. */
  readonly #warned = new Set<string>();

  constructor(parts: AgentParts) {
    const { options, rest, clock, log, state, kernel, guard, announcer } = parts;
    this.#parts = parts;
    this.#timings = timingsOf(options.term);
    const former = state.read(parts.bootID);
    this.#own = former?.own ?? [];
    this.#acknowledged = former?.acknowledged;
    this.#formerRoster = former === undefined ? emptyRoster : state.readRoster(former);
    this.#hold =
      former === undefined
        ? released
        : holdAt({ kind: 'held', until: former.heldUntil, number: former.counted, answers: {} }, clock.monotonic());
    this.#status = new StatusWriter(
      rest,
      clock,
      options.node,
      (written) => {
        this.#warned.clear();
        this.#node.store.upsertFromResponse(written);
      },
      (error) => this.#warn('the status cannot be written', error),
    );
    this.#node = new Reflector({
      client: new ResourceClient(rest, egressNodes),
      fieldSelector: `metadata.name=${options.node}`,
      consistency: 'latest',
      project: readEgressNode,
      onChange: (change) =>
        this.#wished(
          change.type === 'deleted' ? undefined : change.object,
          change.type === 'added' ? undefined : change.previous,
        ),
      onError: (error) => this.#warn('wishes cannot be read', error),
    });
    this.#rosters = new Reflector({
      client: new ResourceClient(rest, configMaps),
      namespace: options.namespace,
      fieldSelector: `metadata.name=${rosterName}`,
      project: readRosterObject,
      onChange: () => this.#rosterChanged(),
      onError: (error) => this.#warn('the roster cannot be read', error),
    });
    this.#keeper = new NodeKeeper(
      {
        clock,
        log,
        kernel,
        guard,
        announcer,
        wishes: () => this.#wishes(),
        hold: () => this.#holdNow(),
        mayTake: () => this.#mayTake && this.#lease.reachesServer,
        record: (own) => this.#record(own),
        onResults: (observedGeneration, addresses, interfaces, gateways) => {
          parts.metrics?.reported(addresses);
          if (this.#lease.isRivalled) return;
          this.#status.write({ observedGeneration, interfaces, gateways, addresses });
        },
        onRestored: () => parts.metrics?.restored(),
      },
      this.#own,
    );
    this.#peers = new PeerSocket({
      node: options.node,
      address: options.peerAddress,
      port: options.peerPort,
      keys: parts.keys,
      now: () => clock.monotonic(),
      state: () => {
        this.#lease.lookForPeer();
        return { reachesServer: this.#lease.reachesServer, acknowledged: this.#acknowledged };
      },
      onAnswer: (peer, answer) => this.#answered(peer, answer),
    });
    this.#lease = new LeaseKeeper({
      rest,
      clock,
      node: options.node,
      namespace: options.namespace,
      identity: `${options.node}_${randomBytes(6).toString('hex')}`,
      term: options.term,
      termToTell: (formerUntil) => termToTell(this.#holdNow(), clock.monotonic(), this.#timings, formerUntil),
      interval: this.#timings.renewal,
      endpoint: { address: options.peerAddress, port: options.peerPort },
      metadata: () => this.#owner,
      numbers: () => this.#numbers(),
      onRenewed: (sentAt, acknowledged) => this.#renewed(sentAt, acknowledged),
      onLost: (reason) => this.#lost(reason),
      onError: (error) => this.#renewalFailed(error),
    });
  }

  /** Seconds for which addresses may still be held. */
  get holdSeconds(): number {
    const hold = this.#holdNow();
    return hold.kind === 'held' ? (hold.until - this.#parts.clock.monotonic()) / 1000 : 0;
  }

  /**
   * Takes the port, waiting for a former life of this agent to leave it.
   *
   * @throws Error when the address cannot be used
   */
  openPeers(): Promise<void> {
    return this.#peers.open();
  }

  /** Begins. What a former life left is kept or let go from here on. */
  start(): void {
    this.#keeper.poke();
    this.#node.start();
    this.#rosters.start();
    this.#askPeers();
    void this.#findOwner().finally(() => this.#lease.start());
  }

  /** The kernel's addresses changed, or may have. */
  kernelChanged(): void {
    this.#keeper.poke();
  }

  /** Ends; addresses stay on the node for what is left of their time, so that a next life can go on with them. */
  async stop(): Promise<void> {
    clearTimeout(this.#expiry);
    clearTimeout(this.#asking);
    this.#keeper.stop();
    await Promise.all([this.#lease.stop(), this.#node.stop(), this.#rosters.stop()]);
    this.#peers.close();
  }

  #holdNow(): Hold {
    const wasHeld = this.#hold.kind === 'held';
    this.#hold = holdAt(this.#hold, this.#parts.clock.monotonic());
    if (wasHeld && this.#hold.kind === 'released')
      this.#tellLoss('the Lease was not renewed in time, and no majority of agents allows to go on');
    return this.#hold;
  }

  #roster(): Roster {
    return [...this.#rosters.store.values()][0] ?? (this.#rosters.hasSynced ? emptyRoster : this.#formerRoster);
  }

  #wishes(): { readonly generation: number | undefined; readonly wishes: EgressNode['wishes'] } | undefined {
    if (!this.#node.hasSynced) return undefined;
    const node = this.#node.store.get(this.#parts.options.node);
    // Without its object the node is to carry nothing, and there is nothing to report to.
    return node ?? { generation: undefined, wishes: [] };
  }

  #wished(node: EgressNode | undefined, previous: EgressNode | undefined): void {
    if (node === undefined) void this.#createNode();
    else {
      if (!this.#lease.isRivalled) this.#status.noteServed(node.status);
      if (previous === undefined) this.#keeper.noteFormer(node.status.addresses);
      if (!this.#node.isListing) for (const address of handedOver(node, previous)) this.#keeper.takeOver(address);
    }
    if (node?.generation !== previous?.generation) this.#keeper.poke();
  }

  /** It is kept before it is acknowledged: the next life is to know whom this one counted. */
  #rosterChanged(): void {
    try {
      this.#parts.state.writeRoster(this.#roster());
    } catch (error) {
      this.#warn('the roster cannot be kept for the next life of this agent', error);
    }
    if (this.#roster().number > (this.#acknowledged ?? 0)) this.#lease.poke();
  }

  /**
   * What a renewal says of rosters; kept in mind before it is written, so that no peer hears less than the operator
   * reads. No acknowledgement is begun before a renewal got through that was sent when its roster was there: one that
   * the server does not take helps nobody to move anything, and lets peers lose what they hold by this agent's answers.
   */
  #numbers(): { readonly acknowledged: number; readonly counted: number } {
    const { number } = this.#roster();
    this.#sentWith = number;
    const acknowledged =
      this.#acknowledged === undefined ? number : Math.max(this.#acknowledged, Math.min(number, this.#servedWith));
    // A number of a former life may be on its way still; our own first write ends that.
    if (this.#acknowledged !== undefined) this.#acknowledged = acknowledged;
    const hold = this.#holdNow();
    this.#writeState();
    return { acknowledged, counted: hold.kind === 'held' ? hold.number : acknowledged };
  }

  #renewed(sentAt: number, acknowledged: number): void {
    this.#parts.metrics?.renewed(true, true);
    if (this.#isRefused) this.#warned.clear();
    this.#isRefused = false;
    this.#acknowledged = Math.max(this.#acknowledged ?? 0, acknowledged);
    this.#servedWith = this.#sentWith;
    if (this.#sentWith > this.#acknowledged) this.#lease.poke();
    const renewed = holdAt(afterRenewal(sentAt, acknowledged, this.#timings), this.#parts.clock.monotonic());
    if (renewed.kind === 'held') this.#hold = laterHold(this.#hold, renewed);
    this.#heldOn();
    // What is watched was refused with the renewals, and would be asked for later and later.
    for (const one of [this.#node, this.#rosters]) if (one.failingSince !== undefined) void one.refresh();
    if (!this.#mayTake) void this.#readAnew();
  }

  /** What was wanted while nothing was held may be another's by now: it is read anew before anything is taken. */
  async #readAnew(): Promise<void> {
    await this.#node.refresh();
    if (this.#node.store.get(this.#parts.options.node) === undefined) await this.#createNode();
    if (this.#hold.kind === 'released') return;
    this.#mayTake = true;
    this.#keeper.poke();
  }

  #renewalFailed(error: unknown): void {
    this.#parts.metrics?.renewed(false, this.#lease.reachesServer);
    this.#isRefused = true;
    this.#warn('the Lease cannot be renewed', error);
    this.#askPeers();
  }

  #askPeers(): void {
    clearTimeout(this.#asking);
    const hold = this.#holdNow();
    if (this.#lease.reachesServer || hold.kind === 'released') return;
    const members = membersAt(this.#roster(), hold.number);
    const { node } = this.#parts.options;
    const alone = { askedAt: this.#parts.clock.monotonic(), reachesServer: false, acknowledged: hold.number };
    // The only agent there is has nobody to ask.
    if (members.length === 1) this.#answered(node, alone);
    this.#peers.ask(members);
    this.#asking = setTimeout(() => this.#askPeers(), this.#timings.window / 6);
  }

  #answered(peer: string, answer: PeerAnswer): void {
    this.#parts.metrics?.answered();
    if (this.#lease.reachesServer) return;
    const before = this.#holdNow();
    this.#hold = afterAnswer(
      before,
      this.#parts.clock.monotonic(),
      this.#parts.options.node,
      peer,
      answer,
      this.#roster(),
      this.#timings,
    );
    if (before.kind === 'held' && this.#hold.kind === 'held' && this.#hold.until > before.until) this.#heldOn();
  }

  /** The time of the hold is another: lifetimes in the kernel follow. */
  #heldOn(): void {
    const hold = this.#holdNow();
    clearTimeout(this.#expiry);
    if (hold.kind === 'held')
      this.#expiry = setTimeout(() => this.#keeper.poke(), hold.until - this.#parts.clock.monotonic());
    this.#writeState();
    this.#keeper.poke();
  }

  async #lost(reason: string): Promise<void> {
    const hadSome = this.#hold.kind === 'held' || this.#own.length > 0;
    this.#hold = released;
    this.#mayTake = false;
    if (hadSome) this.#tellLoss(reason);
    // Asked for again only with nothing left; should the kernel not let go, what is there expires.
    for (await this.#keeper.settle(); this.#own.length > 0; await this.#keeper.settle())
      await sleep(this.#parts.clock, 200);
    // There is no Lease, perhaps, as its Node was deleted, and another one has that name by now.
    await this.#findOwner();
  }

  #tellLoss(reason: string): void {
    this.#mayTake = false;
    this.#parts.metrics?.lost();
    this.#parts.log.warn('no address is held any more until the Lease is renewed', { reason });
    this.#keeper.letGo();
  }

  #record(own: readonly OwnAddress[]): void {
    this.#own = own;
    this.#writeState();
  }

  #writeState(): void {
    const [heldUntil, counted] = this.#hold.kind === 'held' ? [this.#hold.until, this.#hold.number] : [0, 0];
    const acknowledged = this.#acknowledged === undefined ? {} : { acknowledged: this.#acknowledged };
    this.#parts.state.write({ bootID: this.#parts.bootID, own: this.#own, heldUntil, counted, ...acknowledged });
  }

  /** Objects of this node go away with it. */
  async #findOwner(): Promise<void> {
    const { rest, options } = this.#parts;
    try {
      const { metadata } = await new ResourceClient(rest, nodes).get(
        { name: options.node },
        { deadline: 2_000, immediate: true },
      );
      const { uid } = metadata;
      if (uid !== undefined)
        this.#owner = { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: options.node, uid }] };
    } catch (error) {
      // What is owned by a Node that is gone would go as soon as it is made, again and again.
      if (isNotFound(error)) this.#owner = {};
    }
  }

  async #createNode(): Promise<void> {
    const { rest, options } = this.#parts;
    await this.#findOwner();
    const node = { metadata: { name: options.node, ...this.#owner }, spec: { addresses: [] } };
    await new ResourceClient(rest, egressNodes).create(node, { deadline: 3_000 }).then(
      (created) => this.#node.store.upsertFromResponse(created),
      (error: unknown) => isAlreadyExists(error) || this.#warn('the EgressNode cannot be created', error),
    );
  }

  #warn(message: string, error: unknown): void {
    const reason = reasonOf(error);
    const text = `${message} ${reason}`;
    // The same trouble again and again is one line.
    if (this.#warned.has(text)) return;
    if (this.#warned.size >= mostWarned) this.#warned.clear();
    this.#warned.add(text);
    this.#parts.log.warn(message, { reason });
  }
}
