import { reasonOf, type Clock } from '@egressip-ipam/kube';
import type { AddressResult, ReportedInterface, Wish } from '../egress-node/egress-node.ts';
import { mostGateways } from '../egress-node/read-egress-node.ts';
import { lifetimeSeconds, type Hold } from '../fencing/hold.ts';
import { Gateways } from '../kernel/gateways.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { isFullLength, type KernelInterface } from '../kernel/interfaces.ts';
import { reconcile, type OwnAddress, type Reconciliation } from '../kernel/reconcile.ts';
import { AnnouncementSchedule } from '../neighbours/announcement-schedule.ts';
import type { Announcer } from '../neighbours/announcer.ts';
import { freeFor, Prober } from '../neighbours/prober.ts';
import type { GuardResult, InputGuard } from '../packet-filter/input-guard.ts';
import type { Log } from './options.ts';
import { reportedInterfaces, resultsOf } from './results.ts';

/** What a {@link NodeKeeper} is made of. */
export interface NodeKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly kernel: Kernel;
  readonly guard: InputGuard;
  readonly announcer: Announcer;
  /** What should be on the node; undefined as long as nobody has said: what is there stays. */
  readonly wishes: () => { readonly generation: number | undefined; readonly wishes: readonly Wish[] } | undefined;
  readonly hold: () => Hold;
  /** Whether addresses may be taken that were not on the node since it may hold any. */
  readonly mayTake: () => boolean;
  /** Keeps the record of what is ours, before it is put there. */
  readonly record: (own: readonly OwnAddress[]) => void;
  readonly onResults: (
    generation: number,
    addresses: readonly AddressResult[],
    interfaces: readonly ReportedInterface[],
    gateways: readonly string[],
  ) => void;
  readonly onRestored: () => void;
}

/**
 * How long an address that another node handed over is not announced, in milliseconds. Pods go on sending by that node
 * until the network has switched, which Cilium's agents do within a second, each alone; answers find them there as long
 * as routers believe that it has the address, and it forwards what comes after that. Announced earlier, answers came
 * where nobody knows whose they are.
 */
const handOverPause = 2_000;

/** Keeps the node's addresses as they should be: compares, changes, asks the network, announces, reports. */
export class NodeKeeper {
  readonly #parts: NodeKeeperParts;
  readonly #prober: Prober;
  readonly #gateways: Gateways;
  readonly #schedule = new AnnouncementSchedule();
  readonly #restored = new Map<string, number>();
  /** When each address was handed over, on the monotonic clock. */
  readonly #handedOver = new Map<string, number>();
  #own: readonly OwnAddress[];
  #present: ReadonlySet<string>;
  /** What was on the node since it may hold any, and is to be there: a plug that is pulled and put in takes nothing. */
  readonly #had: Set<string>;
  #results: readonly AddressResult[] = [];
  #guardTrouble: string | undefined;
  /** By interface, as it was last. */
  #macs: ReadonlyMap<string, string | undefined> = new Map();
  /** Interfaces on which the kernel answers nobody. */
  #silent: ReadonlySet<string> = new Set();
  #isDirty = false;
  #running: Promise<void> | undefined;
  #announcing: NodeJS.Timeout | undefined;

  /** @param own what the agent's former life has on record as ours */
  constructor(parts: NodeKeeperParts, own: readonly OwnAddress[]) {
    this.#parts = parts;
    this.#gateways = new Gateways(() => parts.kernel.gateways(), parts.clock);
    this.#own = own;
    this.#present = new Set(own.map(({ address }) => address));
    this.#had = new Set(this.#present);
    this.#prober = new Prober({
      kernel: parts.kernel,
      clock: parts.clock,
      onVerdict: () => this.poke(),
      onError: (error) => parts.log.warn('the network cannot be asked for an address', { reason: reasonOf(error) }),
    });
  }

  /**
   * The last holder of an address has confirmed a moment ago that it let go of it: it is taken without a look at the
   * network.
   */
  takeOver(address: string): void {
    this.#handedOver.set(address, this.#parts.clock.monotonic());
  }

  /** What was reported before this life. */
  noteFormer(results: readonly AddressResult[]): void {
    if (this.#results.length === 0) this.#results = results;
  }

  /** Has the node looked after; what changes meanwhile is looked after in another pass. */
  poke(): void {
    this.#isDirty = true;
    this.#running ??= this.#run();
  }

  /** Nothing may be held any more: what comes back after that is taken anew. */
  letGo(): void {
    this.#had.clear();
    this.poke();
  }

  /** Resolves when a pass has ended that began after this call. */
  async settle(): Promise<void> {
    await this.#running;
    this.poke();
    await this.#running;
  }

  stop(): void {
    this.#prober.stop();
    clearTimeout(this.#announcing);
  }

  async #run(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false;
      await this.#pass().catch((error: unknown) =>
        this.#parts.log.error('the node cannot be looked after', { reason: reasonOf(error) }),
      );
    }
    this.#running = undefined;
  }

  async #pass(): Promise<void> {
    const { kernel, hold, mayTake, wishes, clock, guard } = this.#parts;
    const interfaces = await kernel.interfaces();
    const wanted = wishes();
    const addresses = wanted?.wishes.map(({ address }) => address) ?? this.#own.map(({ address }) => address);
    for (const address of this.#had) if (!addresses.includes(address)) this.#had.delete(address);
    const outcome = reconcile({
      wishes: addresses,
      interfaces,
      own: this.#own,
      present: this.#present,
      lifetimeSeconds: lifetimeSeconds(hold(), clock.monotonic()),
      mayTake: (address) => mayTake() || this.#had.has(address),
      verdict: (address) => (this.#isHandedOver(address) ? 'free' : this.#prober.verdict(address)),
    });
    const kept = outcome.decisions.filter(({ isPresent }) => isPresent).map(({ address }) => address);
    this.#setOwn([...this.#own, ...outcome.own]);
    this.#tellGuard(await guard.guard([...new Set([...kept, ...this.#own.map(({ address }) => address)])]));
    const refusal = await this.#change(outcome, kept);
    const isTouched =
      refusal !== '' ||
      outcome.changes.some(({ type, address }) => type === 'remove' || !this.#present.has(address)) ||
      outcome.decisions.some(({ isRestored, isMoved }) => isRestored || isMoved);
    const seen = isTouched ? await kernel.interfaces() : interfaces;
    this.#concludes(outcome, kept, seen, refusal);
    if (wanted?.generation === undefined) return;
    const gateways = (await this.#gateways.current()).slice(0, mostGateways);
    this.#parts.onResults(wanted.generation, this.#results, reportedInterfaces(seen, this.#own), gateways);
  }

  #tellGuard({ isRestored, trouble }: GuardResult): void {
    const { log } = this.#parts;
    if (isRestored)
      log.warn('somebody else took away the rule that keeps packets to egress addresses from the node; it is put back');
    if (trouble !== undefined && trouble !== this.#guardTrouble)
      log.warn('packets to egress addresses are not kept from the node itself', { reason: trouble });
    this.#guardTrouble = trouble;
  }

  /** The lifetime is worked out at the last moment before the kernel is told. */
  async #change(outcome: Reconciliation, kept: readonly string[]): Promise<string> {
    const { kernel, hold, clock } = this.#parts;
    const seconds = lifetimeSeconds(hold(), clock.monotonic());
    if (seconds < 1 && kept.length > 0) {
      // It ran out meanwhile: another pass takes everything off.
      this.#isDirty = true;
      return kernel.change(outcome.changes.filter(({ type }) => type === 'remove'));
    }
    return kernel.change(
      outcome.changes.map((change) => (change.type === 'put' ? { ...change, lifetimeSeconds: seconds } : change)),
    );
  }

  #concludes(
    outcome: Reconciliation,
    kept: readonly string[],
    seen: readonly KernelInterface[],
    refusal: string,
  ): void {
    const { log, clock, onRestored } = this.#parts;
    const places = new Map(
      seen.flatMap(({ name, addresses }) =>
        addresses
          .filter((one) => !one.isRefused && isFullLength(one))
          .map(({ address }) => [`${address} ${name}`, address] as const),
      ),
    );
    const isThere = ({ address, interface: device }: OwnAddress): boolean => places.has(`${address} ${device}`);
    const targets = outcome.decisions.flatMap(({ address, interface: device, isPresent }) =>
      isPresent && device !== undefined ? [{ address, interface: device }] : [],
    );
    const fresh = targets.filter((target) => !this.#present.has(target.address));
    const moved = new Set(outcome.decisions.filter(({ isMoved }) => isMoved).map(({ address }) => address));
    const taken = targets.filter(
      (target) => isThere(target) && (!this.#present.has(target.address) || moved.has(target.address)),
    );
    const refused = new Set(fresh.filter((target) => !isThere(target)).map(({ address }) => address));
    const left = this.#own.filter(
      (one) =>
        isThere(one) &&
        !targets.some(({ address, interface: device }) => address === one.address && device === one.interface),
    );
    for (const { address } of outcome.decisions.filter(({ isRestored }) => isRestored)) {
      const times = (this.#restored.get(address) ?? 0) + 1;
      this.#restored.set(address, times);
      onRestored();
      // Whoever does it again and again fills neither the log nor the network.
      if (Number.isInteger(Math.log2(times)))
        log.warn('somebody else took an address off the node; it is put back', { address, times });
      this.#schedule.takeAgain(address, clock.monotonic());
    }
    for (const { address, interface: device } of taken) {
      log.info('an address is on the node', { address, interface: device });
      this.#schedule.take(address, clock.monotonic() + (this.#isHandedOver(address) ? handOverPause : 0));
      this.#handedOver.delete(address);
    }
    this.#noteMACs(seen, targets);
    this.#noteSilence(seen);
    for (const address of this.#present)
      if (!kept.includes(address)) log.info('an address is off the node', { address });
    this.#present = new Set(kept.filter((address) => !refused.has(address)));
    for (const address of this.#present) this.#had.add(address);
    this.#setOwn([...targets, ...left]);
    this.#schedule.keep(this.#present);
    this.#announce();
    this.#probe(outcome);
    const facts = {
      left,
      refusal,
      refused,
      restored: this.#restored,
      silent: [...this.#silent],
      duplicateMAC: (address: string) => this.#prober.duplicateMAC(address),
    };
    this.#results = resultsOf(outcome.decisions, facts, this.#results, new Date(clock.now()).toISOString());
  }

  /** Neighbours go on sending to the MAC address that an interface had, and the kernel tells them nothing. */
  #noteMACs(seen: readonly KernelInterface[], targets: readonly OwnAddress[]): void {
    const former = this.#macs;
    this.#macs = new Map(seen.map(({ name, mac }) => [name, mac]));
    for (const { address, interface: device } of targets)
      if (former.has(device) && former.get(device) !== this.#macs.get(device))
        this.#schedule.take(address, this.#parts.clock.monotonic());
  }

  /** A person has set it, or a load balancer: nothing that is put there would be found by its neighbours. */
  #noteSilence(seen: readonly KernelInterface[]): void {
    const former = this.#silent;
    this.#silent = new Set(seen.flatMap(({ name, isSilent }) => (isSilent === true ? [name] : [])));
    const reason = 'arp_ignore of it, or of all, is 3 or 8; set both to 2 or less';
    for (const name of this.#silent)
      if (!former.has(name))
        this.#parts.log.warn('an interface answers for no IPv4 address of an agent, and gets none', {
          interface: name,
          reason,
        });
  }

  #isHandedOver(address: string): boolean {
    const at = this.#handedOver.get(address);
    return at !== undefined && this.#parts.clock.monotonic() - at < freeFor;
  }

  #probe({ decisions }: Reconciliation): void {
    const open = decisions.filter(({ obstacle }) => obstacle === 'not-probed' || obstacle === 'duplicate');
    this.#prober.keep(new Set(decisions.map(({ address }) => address)));
    this.#prober.probe(
      open.flatMap(({ address, interface: device }) => (device === undefined ? [] : [{ address, interface: device }])),
    );
  }

  #announce(): void {
    clearTimeout(this.#announcing);
    const { clock, announcer } = this.#parts;
    const now = clock.monotonic();
    const { due, next } = this.#schedule.due(now);
    announcer.announce(this.#own.filter(({ address }) => due.includes(address)));
    if (next !== undefined) this.#announcing = setTimeout(() => this.#announce(), Math.max(1, next - now));
  }

  #setOwn(own: readonly OwnAddress[]): void {
    const unique = new Map(own.map((one) => [`${one.address} ${one.interface}`, one]));
    this.#own = [...unique.values()];
    this.#parts.record(this.#own);
  }
}
