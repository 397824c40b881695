import type { CidrUsage, Plan, ProviderCall, Step } from '@egressip-ipam/core';
import type { RequestObservation } from '@egressip-ipam/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { buildInfo } from '../output/build-info.ts';
import { claimFigures, type ClaimFigures } from './plan-figures.ts';

/** Names of the library's own that break the conventions for names, and say nothing that others do not. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the operator counts and measures, served in Prometheus' text format. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #capacity = this.#gauge(
    'egressip_ip_capacity',
    'IP addresses that the main interface of a node can carry, the primary one included',
    ['egressipam', 'node'],
  );
  readonly #allocated = this.#gauge(
    'egressip_ip_allocated',
    'IP addresses that a node carries, the primary one included',
    ['egressipam', 'node'],
  );
  readonly #addresses = this.#gauge(
    'egressip_cidr_addresses',
    'Addresses of a CIDR assignment: allocated, free, or reserved and in use by others',
    ['egressipam', 'cidr', 'state'],
  );
  readonly #carried = this.#gauge(
    'egressip_cidr_placed_addresses',
    'Allocated addresses of a CIDR assignment that have a node',
    ['egressipam', 'cidr'],
  );
  readonly #cidrCapacity = this.#gauge(
    'egressip_cidr_capacity',
    'Addresses that the nodes of a CIDR assignment can carry together; absent where there is no limit',
    ['egressipam', 'cidr'],
  );
  readonly #claims = this.#gauge(
    'egressip_claims',
    'Namespaces that claim from an EgressIPAM: carried, not_carried, waiting for the cluster, refused for what the owner wrote, or unknown: carried when it was known last',
    ['egressipam', 'state'],
  );
  readonly #tableEntries = this.#gauge(
    'egressip_network_table_entries',
    "Entries that are taken of a table of the network's own, by pods as they are counted or reckoned",
    ['table'],
  );
  readonly #tableSize = this.#gauge(
    'egressip_network_table_size',
    "Entries that a table of the network's own can have",
    ['table'],
  );
  readonly #tableUncounted = this.#gauge(
    'egressip_network_table_uncounted_namespaces',
    "Namespaces with entries in a table of the network's own whose pods are reckoned, as they were not counted",
    ['table'],
  );
  readonly #findings = this.#gauge('egressip_findings', 'Findings of the last plan', ['code']);
  readonly #pendingSteps = this.#gauge('egressip_pending_steps', 'Steps from what is to what should be, by kind', [
    'kind',
  ]);
  readonly #plans = new Histogram({
    name: 'egressip_plan_seconds',
    help: 'Time to decide for the whole cluster',
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #steps = new Histogram({
    name: 'egressip_step_seconds',
    help: 'Time of steps that were carried out',
    buckets: seconds,
    labelNames: ['kind'],
    registers: [this.#registry],
  });
  readonly #failedSteps = this.#counter('egressip_failed_steps_total', 'Attempts at steps that failed', ['kind']);
  readonly #undone = this.#counter('egressip_undone_writes_total', 'Writes that someone else undid', ['kind']);
  readonly #requests = this.#counter('egressip_api_requests_total', 'Requests to the API server', [
    'verb',
    'resource',
    'status',
  ]);
  readonly #cloudCalls = this.#counter('egressip_cloud_calls_total', "Calls to the cloud's API", [
    'operation',
    'error',
  ]);
  readonly #cloudSeconds = new Histogram({
    name: 'egressip_cloud_call_seconds',
    help: "Time of calls to the cloud's API",
    buckets: seconds,
    labelNames: ['operation'],
    registers: [this.#registry],
  });
  readonly #providerFaults = this.#counter(
    'egressip_provider_faults_total',
    'Calls to which the provider did not answer in time, or as its contract says',
    ['call', 'fault'],
  );
  readonly #uncaught = this.#counter('egressip_uncaught_errors_total', 'Errors of plug-ins that nobody waited for', []);
  readonly #leader = this.#gauge('egressip_leader', 'Whether this replica is the one that acts', []);

  readonly #stateUnknown = this.#gauge(
    'egressip_state_unknown',
    'Whether nobody can tell how EgressIPAMs are: something cannot be read, or no plan can be made',
    [],
  );
  /** Of the last plan. */
  #claimFigures: readonly ClaimFigures[] = [];
  #knowsState = true;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of misnamed) this.#registry.removeSingleMetric(name);
    this.#gauge('egressip_build_info', 'Which build this is; always 1', ['version', 'commit']).set(buildInfo, 1);
    this.#leader.set(0);
  }

  /** All metrics as text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** This replica acts, or does no more: what its last plan found is another's to say then. */
  leads(isLeader: boolean): void {
    this.#leader.set(isLeader ? 1 : 0);
    if (!isLeader) this.#forgetPlan();
    this.knowsState(true);
  }

  /** Whether it is known how EgressIPAMs are: if not, nothing of the last plan is called well any more. */
  knowsState(isKnown: boolean): void {
    this.#knowsState = isKnown;
    this.#stateUnknown.set(isKnown ? 0 : 1);
    this.#countClaims();
  }

  #countClaims(): void {
    this.#claims.reset();
    for (const { egressIPAM: egressipam, claims } of this.#claimFigures) {
      const { carried, ...others } = claims;
      const states = this.#knowsState ? claims : { ...others, unknown: carried };
      for (const [state, count] of Object.entries(states)) this.#claims.set({ egressipam, state }, count);
    }
  }

  #forgetPlan(): void {
    this.#claimFigures = [];
    for (const gauge of [
      this.#capacity,
      this.#allocated,
      this.#addresses,
      this.#carried,
      this.#cidrCapacity,
      this.#claims,
      this.#tableEntries,
      this.#tableSize,
      this.#tableUncounted,
      this.#findings,
      this.#pendingSteps,
    ])
      gauge.reset();
  }

  /** A plan was made. */
  planned(plan: Plan, milliseconds: number): void {
    this.#plans.observe(milliseconds / 1000);
    this.#forgetPlan();
    for (const { node, egressIPAM: egressipam, placed, capacity } of plan.nodes) {
      // The original counts the primary address on both sides.
      if (capacity !== undefined) this.#capacity.set({ egressipam, node }, capacity + 1);
      this.#allocated.set({ egressipam, node }, placed + 1);
    }
    for (const { name, cidrs } of plan.egressIPAMs) for (const usage of cidrs) this.#use(name, usage);
    this.#claimFigures = claimFigures(plan);
    this.#countClaims();
    for (const { table, entries, uncounted, size } of plan.tables ?? []) {
      this.#tableEntries.set({ table }, entries);
      this.#tableUncounted.set({ table }, uncounted);
      this.#tableSize.set({ table }, size);
    }
    for (const { code } of plan.findings) this.#findings.inc({ code });
    for (const step of plan.steps) this.#pendingSteps.inc({ kind: kindOf(step) });
  }

  #use(egressipam: string, { cidr, reserved, free, allocated, placed, capacity, closed }: CidrUsage): void {
    // What gives out nothing has none that are free, which is not the same as none that are left.
    const counts = closed === true ? { reserved, allocated } : { reserved, free, allocated };
    for (const [state, count] of Object.entries(counts))
      this.#addresses.set({ egressipam, cidr, state }, Number(count));
    this.#carried.set({ egressipam, cidr }, placed);
    if (capacity !== undefined) this.#cidrCapacity.set({ egressipam, cidr }, capacity);
  }

  /** A step was carried out. */
  stepDone(step: Step, milliseconds: number): void {
    this.#steps.observe({ kind: kindOf(step) }, milliseconds / 1000);
  }

  /** An attempt at a step failed. */
  stepFailed(step: Step): void {
    this.#failedSteps.inc({ kind: kindOf(step) });
  }

  /** Someone undid a write. */
  stepUndone(step: Step): void {
    this.#undone.inc({ kind: kindOf(step) });
  }

  /** A request to the API server ended. */
  requested({ verb, resource, status }: RequestObservation): void {
    this.#requests.inc({ verb, resource, status: String(status) });
  }

  /** A call to the cloud ended. */
  called({ operation, errorCode, durationMilliseconds }: ProviderCall): void {
    this.#cloudCalls.inc({ operation, error: errorCode ?? '' });
    this.#cloudSeconds.observe({ operation }, durationMilliseconds / 1000);
  }

  /** The provider did not keep to its contract. */
  providerFailed(call: string, fault: string): void {
    this.#providerFaults.inc({ call, fault });
  }

  /** A plug-in threw where nobody waited for it. */
  threwUncaught(): void {
    this.#uncaught.inc();
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}

/** What people call a step: its back end's word for a write of its network's objects. */
function kindOf(step: Step): string {
  return step.kind === 'network' ? step.action : step.kind;
}
