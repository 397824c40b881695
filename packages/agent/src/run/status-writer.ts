import { ResourceClient, sleep, type Clock, type RestClient } from '@egressip-ipam/kube';
import { isDeepStrictEqual } from 'node:util';
import { egressNodes, type EgressNodeStatus } from '../egress-node/egress-node.ts';

const retryPause = 1_000;

/** Writes the status of an EgressNode when it has changed, one write at a time, the newest always. */
export class StatusWriter {
  readonly #nodes: ResourceClient;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #onError: (error: unknown) => void;
  #wanted: EgressNodeStatus | undefined;
  #written: EgressNodeStatus | undefined;
  #isWriting = false;

  constructor(rest: RestClient, clock: Clock, name: string, onError: (error: unknown) => void) {
    this.#nodes = new ResourceClient(rest, egressNodes);
    this.#clock = clock;
    this.#name = name;
    this.#onError = onError;
  }

  /** What the server shows: nothing is written that is there already. */
  noteServed(status: EgressNodeStatus): void {
    this.#written = status;
  }

  write(status: EgressNodeStatus): void {
    this.#wanted = status;
    if (!this.#isWriting) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    for (let next = this.#wanted; next !== undefined && !isDeepStrictEqual(next, this.#written); next = this.#wanted) {
      try {
        await this.#nodes.mergePatch({ name: this.#name }, { status: next }, { subresource: 'status', deadline: 3_000 });
        this.#written = next;
      } catch (error) {
        this.#onError(error);
        await sleep(this.#clock, retryPause);
      }
    }
    this.#isWriting = false;
  }
}
