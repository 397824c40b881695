import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import type { Kernel, Question } from '../kernel/kernel.ts';
import type { ProbeVerdict } from '../kernel/reconcile.ts';

/** When questions are sent, in milliseconds after the first, and when silence counts as "nobody has it". */
const questionsAt = [0, 350, 700] as const;
const silenceAt = 1_050;
const looks = 50;
/** How long it counts that nobody has an address, in milliseconds. */
export const freeFor = 3_000;
/**
 * After how long a duplicate is looked for again, the first time and at most; in between twice as long each time. It is
 * another node, more often than not, that is about to let go.
 */
const firstAgain = 1_000;
const mostAgain = 30_000;

interface Known {
  readonly verdict: 'free' | 'duplicate';
  readonly at: number;
  readonly mac?: string;
  /** For how long it counts. */
  readonly for: number;
}

/**
 * Finds out whether somebody on the network has an address, before it is used: the kernel asks, by ARP or neighbour
 * discovery, and its neighbour table shows who answered. All addresses that are wanted at a time are asked for
 * together.
 */
export class Prober {
  readonly #kernel: Kernel;
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimeout'>;
  readonly #onVerdict: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Set<string>();
  #again: ClockTimer | undefined;

  constructor(parts: {
    kernel: Kernel;
    clock: Pick<Clock, 'monotonic' | 'setTimeout'>;
    onVerdict: () => void;
    onError: (error: unknown) => void;
  }) {
    this.#kernel = parts.kernel;
    this.#clock = parts.clock;
    this.#onVerdict = parts.onVerdict;
    this.#onError = parts.onError;
  }

  /** What is known now. */
  verdict(address: string): ProbeVerdict {
    const known = this.#known.get(address);
    if (known === undefined) return 'unknown';
    if (known.verdict === 'free' && this.#clock.monotonic() - known.at > known.for) return 'unknown';
    return known.verdict;
  }

  /** Who answers for an address that is a duplicate. */
  duplicateMAC(address: string): string | undefined {
    return this.#known.get(address)?.mac;
  }

  /** Forgets all but these. */
  keep(addresses: ReadonlySet<string>): void {
    for (const address of this.#known.keys()) if (!addresses.has(address)) this.#known.delete(address);
  }

  /** Asks for those that are not being asked for, nor known well enough. */
  probe(questions: readonly Question[]): void {
    const now = this.#clock.monotonic();
    const due = questions.filter(({ address }) => {
      const known = this.#known.get(address);
      const isFresh = known !== undefined && now - known.at < known.for;
      return !isFresh && !this.#asking.has(address);
    });
    if (due.length > 0) void this.#ask(due).catch(this.#onError);
    const duplicates = [...this.#known.values()].filter(({ verdict }) => verdict === 'duplicate');
    this.#again?.cancel();
    this.#again =
      duplicates.length === 0
        ? undefined
        : this.#clock.setTimeout(
            () => this.#onVerdict(),
            Math.max(looks, Math.min(...duplicates.map((known) => known.at + known.for)) - now),
          );
  }

  stop(): void {
    this.#again?.cancel();
  }

  async #ask(questions: readonly Question[]): Promise<void> {
    for (const { address } of questions) this.#asking.add(address);
    let open = questions;
    try {
      const start = this.#clock.monotonic();
      let sent = 0;
      for (let elapsed = 0; elapsed < silenceAt && open.length > 0; elapsed = this.#clock.monotonic() - start) {
        if (elapsed >= (questionsAt[sent] ?? Infinity)) {
          sent++;
          await this.#kernel.ask(open);
        }
        await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, looks));
        // What is known of another network of the node, such as by somebody's hand, is no answer.
        const answered = new Map(
          (await this.#kernel.neighbours()).flatMap(({ mac, ...one }) =>
            mac === undefined ? [] : [[keyOf(one), mac] as const],
          ),
        );
        const taken = open.filter((one) => answered.has(keyOf(one)));
        for (const one of taken)
          this.#settle(one.address, {
            verdict: 'duplicate',
            at: this.#clock.monotonic(),
            mac: answered.get(keyOf(one)) ?? '',
            for: this.#nextAgain(one.address),
          });
        open = open.filter((one) => !answered.has(keyOf(one)));
        if (taken.length > 0) this.#onVerdict();
      }
      for (const { address } of open)
        this.#settle(address, { verdict: 'free', at: this.#clock.monotonic(), for: freeFor });
      await this.#kernel.forget(questions);
    } finally {
      for (const { address } of questions) this.#asking.delete(address);
    }
    this.#onVerdict();
  }

  #nextAgain(address: string): number {
    const known = this.#known.get(address);
    return known?.verdict === 'duplicate' ? Math.min(2 * known.for, mostAgain) : firstAgain;
  }

  #settle(address: string, known: Known): void {
    this.#known.set(address, known);
    this.#asking.delete(address);
  }
}

function keyOf({ address, interface: device }: Question): string {
  return `${address} ${device}`;
}
