import { formatAddress } from '../../address/address.ts';
import { networkView } from '../../plan/network-view.ts';
import { createPlanner, plan } from '../../plan/planner.ts';
import type { Plan } from '../../plan/plan-types.ts';
import { Parser } from '../../parse/parsed-snapshot.ts';
import { applyStep, readySteps } from '../../simulate/apply-step.ts';
import type { Step } from '../../network-contract/step.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { happen, type Memory } from './cluster.ts';
import type { Happening } from './happening.ts';
import type { NetworkUnderTest } from './suite.ts';

/** What is told of a history while it goes on. */
export interface Watcher {
  readonly planned?: (snapshot: ClusterSnapshot, result: Plan, memory: Memory) => void;
  readonly stepped?: (before: ClusterSnapshot, after: ClusterSnapshot, memory: Memory) => void;
  /** Of a step alone, before the network does anything by itself. */
  readonly applied?: (before: ClusterSnapshot, after: ClusterSnapshot, step: Step) => void;
  readonly happened?: (before: ClusterSnapshot, after: ClusterSnapshot, event: Happening) => void;
}

/** Runs a history; calls back after every plan and around every step. */
export function live(
  network: NetworkUnderTest,
  initial: ClusterSnapshot,
  history: readonly Happening[],
  watch: Watcher = {},
): { readonly snapshot: ClusterSnapshot; readonly memory: Memory } {
  const memory: Memory = { foreign: new Set(), asked: new Set() };
  const react = network.react ?? ((snapshot: ClusterSnapshot): ClusterSnapshot => snapshot);
  const planner = createPlanner(network.backend);
  let snapshot = react(initial);
  const think = (): Plan => {
    const result = planner.plan(snapshot);
    watch.planned?.(snapshot, result, memory);
    memory.asked.clear();
    return result;
  };
  for (const event of history) {
    if (event.type !== 'steps') {
      const before = snapshot;
      snapshot = react(happen(network, snapshot, event, memory) ?? snapshot);
      watch.happened?.(before, snapshot, event);
      think();
      continue;
    }
    for (const choice of event.choices) {
      const ready = readySteps(think());
      const step = ready[choice % Math.max(ready.length, 1)];
      if (step === undefined) break;
      const before = snapshot;
      const applied = applyStep(snapshot, step, network.backend);
      watch.applied?.(before, applied, step);
      snapshot = react(applied);
      watch.stepped?.(before, snapshot, memory);
    }
  }
  return { snapshot, memory };
}

/** What a cluster comes to. */
export interface Converged {
  readonly snapshot: ClusterSnapshot;
  readonly result: Plan;
  /** How often each object was written, by `KIND/NAME`. */
  readonly writes: ReadonlyMap<string, number>;
}

/** Carries out every ready step until there is none. */
export function converge(network: NetworkUnderTest, initial: ClusterSnapshot): Converged {
  const react = network.react ?? ((snapshot: ClusterSnapshot): ClusterSnapshot => snapshot);
  let snapshot = react(initial);
  const writes = new Map<string, number>();
  let last: readonly Step[] = [];
  for (let round = 0; round < 60; round += 1) {
    const result = plan(snapshot, network.backend);
    const ready = readySteps(result);
    if (ready.length === 0) {
      ensure(
        result.steps.length === 0,
        `a plan that can go no further has no steps left, not ${result.steps.map(describeWait).join('; ')}`,
      );
      return { snapshot, result, writes };
    }
    last = ready;
    for (const step of ready) {
      snapshot = react(applyStep(snapshot, step, network.backend));
      const object = `${step.object.kind}/${step.object.name}`;
      writes.set(object, (writes.get(object) ?? 0) + 1);
    }
  }
  throw new Error(`the cluster does not converge: after 60 plans there is still ${last.map(describe).join('; ')}`);
}

function describe({ id, object }: Step): string {
  return `"${id}", which writes ${object.kind} ${object.name}`;
}

function describeWait({ id, after }: Step): string {
  const what = after.map((one) =>
    one.kind === 'step' ? `"${one.id}"` : `${one.object.kind} ${one.object.name} to be ${one.state}`,
  );
  return `"${id}", which waits for ${what.join(' and ')}`;
}

/** What the network's objects say of a snapshot, as texts. */
export interface NetworkSight {
  /** By address: the nodes that are shown as its hosts. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Addresses on our record, or in objects of ours. */
  readonly ours: ReadonlySet<string>;
  /** By namespace: what its traffic is bound to. */
  readonly bound: ReadonlyMap<string, readonly string[]>;
}

/** Looks at the network's objects with the back end's own eyes. */
export function look({ backend }: NetworkUnderTest, snapshot: ClusterSnapshot): NetworkSight {
  const facts = backend.createFactsReader().read(networkView(new Parser().parse(snapshot)));
  const hosts = new Map<string, string[]>();
  const ours = new Set<string>();
  for (const { hosted } of facts.hosts) {
    for (const { address, node, state, ours: isOurs } of hosted) {
      const text = formatAddress(address);
      if (isOurs) ours.add(text);
      if (state === 'shown') hosts.set(text, [...(hosts.get(text) ?? []), node]);
    }
  }
  const bound = new Map(
    [...facts.bindings.values()].map(({ namespace, addresses }) => [namespace, addresses.map(formatAddress)]),
  );
  return { hosts, ours, bound };
}

/** Throws with a sentence when something is not so. */
export function ensure(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Throws where two values are not the same as JSON. */
export function same(one: unknown, other: unknown, what: string): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  ensure(left === right, `${what} differs:\n${left}\n${right}`);
}
