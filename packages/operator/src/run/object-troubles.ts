import type { Finding } from '@egressip-ipam/core';
import type { Log } from '../log/log.ts';

/** Findings about these have Events; those about a provider stand in the status of EgressIPAMs. */
const toldOtherwise: ReadonlySet<string> = new Set(['Namespace', 'Node', 'EgressIPAM', 'Provider']);
/** Milliseconds: what comes and goes all the time is told no more often. */
const tellAgain = 600_000;
const minute = 60_000;
const mostAMinute = 20;
const mostRemembered = 10_000;

/**
 * Writes into the log what is wrong with objects of the network: nobody gets an Event of it. Each once while it stands,
 * and few a minute: whoever may write such objects may write thousands of them.
 */
export class ObjectTroubles {
  readonly #log: Log;
  /** By what is wrong with which object: when it stood last. */
  readonly #told = new Map<string, number>();
  #lookedAt = -Infinity;
  #minute = -Infinity;
  #lines = 0;
  #hasSaidMore = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * Takes in what a plan found.
   *
   * @param now milliseconds of a steady clock
   */
  note(findings: readonly Finding[], now: number): void {
    if (now - this.#minute >= minute) {
      this.#minute = now;
      this.#lines = 0;
      this.#hasSaidMore = false;
    }
    this.#forget(now);
    for (const finding of findings) {
      if (finding.severity !== 'info' && !toldOtherwise.has(finding.object.kind)) this.#tell(finding, now);
    }
    this.#lookedAt = now;
  }

  /** Those that stood when it was looked last have stood until now. */
  #forget(now: number): void {
    for (const [key, at] of this.#told) {
      const isOver = at !== this.#lookedAt && now - at >= tellAgain;
      if (!isOver && this.#told.size <= mostRemembered) break;
      this.#told.delete(key);
    }
  }

  #tell({ object: { kind, name }, code, field, message }: Finding, now: number): void {
    const key = `${kind}/${name}/${code}/${field ?? ''}`;
    const isTold = this.#told.delete(key);
    // The last ones are those that stood last.
    if (isTold || this.#lines < mostAMinute) this.#told.set(key, now);
    if (isTold) return;
    if (this.#lines < mostAMinute) {
      this.#lines += 1;
      const where = field === undefined ? {} : { field };
      this.#log.warn('an object of the network is not as it should be', {
        kind,
        name,
        code,
        ...where,
        reason: message,
      });
    } else if (!this.#hasSaidMore) {
      this.#hasSaidMore = true;
      this.#log.warn('more objects of the network are not as they should be; "egressip-ipam check --live" names them');
    }
  }
}
