import type { RequestObservation } from '@egressip-ipam/kube';
import { Counter, Gauge, Registry } from '@prometheus-io/client';
import type { AddressResult } from '../egress-node/egress-node.ts';
import type { AgentOptions } from './options.ts';

/** What the agent counts and measures, served in Prometheus' text format. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #addresses = this.#gauge('egressip_agent_addresses', 'Addresses of this node, by state', ['state']);
  readonly #hold = this.#gauge('egressip_agent_hold_seconds', 'For how long addresses may still be held', []);
  readonly #reaches = this.#gauge(
    'egressip_agent_reaches_api_server',
    'Whether the API server answered the last time',
    [],
  );
  readonly #memory = this.#gauge('process_resident_memory_bytes', 'Memory of this process', []);
  readonly #renewals = this.#counter('egressip_agent_lease_renewals_total', 'Renewals of the Lease', ['result']);
  readonly #restored = this.#counter(
    'egressip_agent_restored_addresses_total',
    'Addresses that somebody else took off the node, and that were put back',
    [],
  );
  readonly #lost = this.#counter('egressip_agent_lost_holds_total', 'How often all addresses had to go', []);
  readonly #answers = this.#counter('egressip_agent_peer_answers_total', 'Answers of other agents', []);
  readonly #requests = this.#counter('egressip_api_requests_total', 'Requests to the API server', [
    'verb',
    'resource',
    'status',
  ]);
  readonly #holdSeconds: () => number;

  constructor(holdSeconds: () => number, build?: AgentOptions['build']) {
    this.#holdSeconds = holdSeconds;
    if (build !== undefined)
      // Not by the operator's name: an alert asks whether that is there.
      this.#gauge('egressip_agent_build_info', 'Which build this is; always 1', ['version', 'commit']).set(build, 1);
  }

  /** All metrics as text. */
  text(): Promise<string> {
    this.#hold.set(Math.max(0, this.#holdSeconds()));
    this.#memory.set(process.memoryUsage.rss());
    return this.#registry.metrics();
  }

  reported(addresses: readonly AddressResult[]): void {
    this.#addresses.reset();
    for (const { state } of addresses) this.#addresses.inc({ state });
  }

  renewed(isDone: boolean, reachesServer: boolean): void {
    this.#renewals.inc({ result: isDone ? 'done' : 'failed' });
    this.#reaches.set(reachesServer ? 1 : 0);
  }

  restored(): void {
    this.#restored.inc();
  }

  lost(): void {
    this.#lost.inc();
  }

  answered(): void {
    this.#answers.inc();
  }

  requested({ verb, resource, status }: RequestObservation): void {
    this.#requests.inc({ verb, resource, status: String(status) });
  }

  #gauge(name: string, help: string, labelNames: readonly string[]): Gauge<string> {
    return new Gauge<string>({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter<string> {
    return new Counter<string>({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}
