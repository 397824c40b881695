import type {
  InterfaceStep,
  ProviderErrorClass,
  ProviderErrorDescription,
  ProviderFailure,
  ProviderNode,
} from '@egressip-ipam/core';
import { BackOff } from './back-off.ts';

interface Failed {
  readonly failure: ProviderFailure;
  readonly at: number;
  /** What it was tried with. */
  readonly input: string;
}

/**
 * For so long, in milliseconds, others are not given what one could not have: the look that follows may not show who
 * has it. An interface that was full has room again once something left it.
 */
const reckonedWithFor: Partial<Readonly<Record<ProviderErrorClass, number>>> = { conflict: 600_000, capacity: 60_000 };

/**
 * What became of changes of interfaces that failed, and when each may be tried again: what is refused for good, not
 * before what it is made of is another; all else later, ever more slowly. That somebody else has an address, or an
 * interface is full, is remembered for a while also once nobody asks for it any more.
 */
export class InterfaceFailures {
  readonly #back = new BackOff({ first: 1_000, longest: 60_000 });
  readonly #failed = new Map<string, Failed>();
  readonly #nodeOf: (name: string) => ProviderNode;

  /** @param nodeOf a node as the provider is told of it now */
  constructor(nodeOf: (name: string) => ProviderNode) {
    this.#nodeOf = nodeOf;
  }

  /** What was refused and is still wanted, or still to be reckoned with. */
  get all(): readonly ProviderFailure[] {
    return [...this.#failed.values()].map(({ failure }) => failure);
  }

  /** When a change may be tried; `Infinity` for not before it is another. */
  until(step: InterfaceStep): number {
    const key = keyOf(step);
    const failed = this.#failed.get(key);
    if (failed?.failure.error.class === 'permanent' && failed.input === this.#input(step)) return Infinity;
    return this.#back.until(key);
  }

  /** Notes a failure; returns the milliseconds to wait, `Infinity` for good. */
  fail(step: InterfaceStep, error: ProviderErrorDescription, now: number): number {
    const key = keyOf(step);
    const { delay } = this.#back.fail(key, now, error.retryAfterMilliseconds);
    const failure: ProviderFailure = { change: step.kind, address: step.address, node: step.node, error };
    this.#failed.set(key, { failure, at: now, input: this.#input(step) });
    return error.class === 'permanent' ? Infinity : delay;
  }

  /** Notes that a change was made. */
  succeed(step: InterfaceStep): void {
    this.#back.succeed(keyOf(step));
    // Whoever had the address has it no more.
    for (const [key, { failure }] of this.#failed) if (failure.address === step.address) this.#failed.delete(key);
  }

  /** Drops what no plan wants any more. */
  keepOnly(wanted: readonly InterfaceStep[], now: number): void {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, { failure, at }] of this.#failed) {
      const isReckonedWith = now - at < (reckonedWithFor[failure.error.class] ?? 0);
      if (!keys.has(key) && !isReckonedWith) this.#failed.delete(key);
    }
    this.#back.keepOnly((key) => keys.has(key) || this.#failed.has(key));
  }

  /** What a change is made of beside its address. */
  #input(step: InterfaceStep): string {
    const nodes = step.kind === 'move' ? [step.from, step.node] : [step.node];
    return JSON.stringify(nodes.map(this.#nodeOf));
  }
}

function keyOf({ kind, node, address }: InterfaceStep): string {
  return `${kind}/${node}/${address}`;
}
