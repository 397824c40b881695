import type { Clock, ClockTimer } from '@egressip-ipam/kube';
import type { AgentEvent, EgressAgent } from './egress-agent.ts';

/** When an agent runs: at most once per interval, the first time at once, each agent by its own clock. */
export interface RunTiming {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly interval: number;
  /** Milliseconds by which this agent hears of something later than the first may; asked at every event. */
  readonly lag: () => number;
}

/** Runs one agent. */
export class AgentRunner {
  readonly #agent: EgressAgent;
  readonly #timing: RunTiming;
  readonly #onRun: () => void;
  #timer: ClockTimer | undefined;
  #lastRun = Number.NEGATIVE_INFINITY;

  constructor(agent: EgressAgent, timing: RunTiming, onRun: () => void) {
    this.#agent = agent;
    this.#timing = timing;
    this.#onRun = onRun;
  }

  hear(event: AgentEvent): void {
    if (!this.#agent.hear(event) || this.#timer) return;
    const { clock, interval, lag } = this.#timing;
    const wait = Math.max(0, this.#lastRun + interval - clock.monotonic()) + lag();
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#lastRun = clock.monotonic();
      this.#agent.run();
      this.#onRun();
    }, wait);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
