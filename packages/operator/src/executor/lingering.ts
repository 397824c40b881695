import type { InterfaceStep } from '@egressip-ipam/core';

/**
 * Keeps addresses on their interfaces for as long as the network may still send by them: each of its agents hears
 * alone, and some later, that a namespace leaves by another.
 */
export class Lingering {
  readonly #milliseconds: number;
  #since = new Map<string, number>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Takes in the changes of the newest plan that wait for nothing else. */
  note(ready: readonly InterfaceStep[], now: number): void {
    const leaving = ready.filter(({ kind }) => kind === 'detach');
    this.#since = new Map(leaving.map(({ id }) => [id, this.#since.get(id) ?? now]));
  }

  /** The moment from which a change may be made. */
  until({ id }: Pick<InterfaceStep, 'id'>): number {
    const since = this.#since.get(id);
    return since === undefined ? 0 : since + this.#milliseconds;
  }
}
