import { ResourceClient, sleep, type Clock, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { isDeepStrictEqual } from 'node:util';
import { egressNodes, type EgressNodeStatus } from '../egress-node/egress-node.ts';
import { readStatus } from '../egress-node/read-egress-node.ts';

const retryPause = 1_000;

/** Writes the status of an EgressNode when it has changed, one write at a time, the newest always. */
export class StatusWriter {
  readonly #nodes: ResourceClient;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #onWritten: (object: KubernetesObject) => void;
  readonly #onError: (error: unknown) => void;
  #wanted: EgressNodeStatus | undefined;
  #written: EgressNodeStatus | undefined;
  #isWriting = false;

  constructor(
    rest: RestClient,
    clock: Clock,
    name: string,
    onWritten: (object: KubernetesObject) => void,
    onError: (error: unknown) => void,
  ) {
    this.#nodes = new ResourceClient(rest, egressNodes);
    this.#clock = clock;
    this.#name = name;
    this.#onWritten = onWritten;
    this.#onError = onError;
  }

  /** What the server shows: nothing is written that is there already, and what somebody else changed is set right. */
  noteServed(status: EgressNodeStatus): void {
    this.#written = status;
    if (this.#wanted !== undefined && !this.#isWriting) void this.#run();
  }

  write(status: EgressNodeStatus): void {
    // As it is read when it is served: what differed in form alone would be written time and again.
    this.#wanted = readStatus(status);
    if (!this.#isWriting) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    for (let next = this.#wanted; next !== undefined && !isDeepStrictEqual(next, this.#written); next = this.#wanted) {
      try {
        const written = await this.#nodes.mergePatch(
          { name: this.#name },
          { status: next },
          { subresource: 'status', deadline: 3_000 },
        );
        this.#written = next;
        // Ahead of its event: an older one that is still under way must not be taken for what is there.
        this.#onWritten(written);
      } catch (error) {
        this.#onError(error);
        await sleep(this.#clock, retryPause);
      }
    }
    this.#isWriting = false;
  }
}
