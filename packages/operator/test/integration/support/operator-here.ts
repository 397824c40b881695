import { servesNothing, type RunOptions } from '../../../src/run/options.ts';
import { runOperator } from '../../../src/run/run-operator.ts';
import { toldLog } from './told-log.ts';

/** An operator in this process, that a test starts and stops as often as it likes. */
export class OperatorHere {
  readonly logged: string[] = [];
  readonly #options: RunOptions;
  #abort = new AbortController();
  #ended: Promise<number> = Promise.resolve(0);
  #firstLine = 0;

  /** @param options what a test does not say itself */
  constructor(kubeconfig: string, options: Partial<RunOptions> = {}) {
    this.#options = {
      ...servesNothing,
      kubeconfig,
      leaderElect: false,
      namespace: 'default',
      logLevel: 'info',
      ...options,
    };
  }

  run(options: Partial<RunOptions> = {}): void {
    const all = { ...this.#options, ...options };
    this.#abort = new AbortController();
    this.#firstLine = this.logged.length;
    this.#ended = runOperator(all, toldLog(this.logged, all.logFormat), this.#abort.signal);
  }

  /** Whether the one that was started last has read everything. */
  isPlanning(): boolean {
    return this.logged.slice(this.#firstLine).some((line) => line.includes('planning begins'));
  }

  /** Resolves with its exit code. */
  stop(): Promise<number> {
    this.#abort.abort();
    return this.#ended;
  }
}
