import { writeOf, type ClusterSnapshot, type InterfaceStep, type ProviderNode } from '@egressip-ipam/core';
import type { Clock, RestClient } from '@egressip-ipam/kube';
import { AddressHolds } from '../executor/address-holds.ts';
import { UnassignedGuard } from '../guard/unassigned-guard.ts';
import { Executor } from '../executor/executor.ts';
import { InterfaceExecutor } from '../executor/interface-executor.ts';
import type { ObjectLanes } from '../executor/object-lanes.ts';
import { targetOf } from '../executor/target.ts';
import type { WriteStep } from '../executor/write-step.ts';
import { carryOutWrite } from '../network/carry-out-write.ts';
import { markDead } from '../probe/mark-dead.ts';
import { currentProvider, isEmptied, type ClusterProvider } from '../provider/cluster-provider.ts';
import { sendsOn } from '../provider/provider-facts.ts';
import { silentNodes, type ProviderWatch } from '../provider/provider-watch.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { Chronicle } from './chronicle.ts';
import { ControlLoop, withFailures } from './control-loop.ts';
import { FailedWrites } from './failed-writes.ts';
import { leaving } from './leaving.ts';
import type { Term } from './lease-hold.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from './metrics.ts';
import { reasonOf } from '../output/reason-of.ts';
import type { Reporter } from './reporter.ts';
import { StandingBindings } from './standing-bindings.ts';

/** What the log says of interface changes. */
const doneWords = {
  attach: 'addresses attached',
  detach: 'addresses detached',
  move: 'addresses moved between interfaces',
} as const;

/** What a controller is made of. */
export interface ControllerParts {
  readonly store: ClusterStore;
  readonly provider: ClusterProvider;
  readonly watch: ProviderWatch | undefined;
  /** Writes while this replica holds the lease. */
  readonly writer: RestClient;
  readonly reporter: Reporter;
  readonly chronicle: Chronicle;
  readonly lanes: ObjectLanes;
  /** Whether namespaces without an assigned address are kept from going out. */
  readonly guardUnassigned: boolean;
  /** How many new addresses a plan gives out at most; absent, as many as the operator does. */
  readonly mostNew?: number;
  /** Whether all that was given is taken back. */
  readonly takesBack: boolean;
  /** Reads; writes go through the writer. */
  readonly rest: RestClient;
  /** Nodes that are dead whatever the API server says. */
  readonly deadNodes: () => ReadonlySet<string>;
  readonly term: Term;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics | undefined;
  /** Why no plan can be made just now; undefined once there is one again. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** Wires what observes, plans, acts and reports. */
export function createController(parts: ControllerParts): ControlLoop {
  const { store, provider, watch, writer, reporter, chronicle, clock, log, metrics } = parts;
  const { backend } = store.network;
  const holds = new AddressHolds();
  const failedWrites = new FailedWrites(log);
  const standing = new StandingBindings();
  const tellUndone = (step: WriteStep, times: number): void => {
    metrics?.stepUndone(step);
    reporter.tellUndone(step, times);
    log.warn('a write was undone by someone else, and is put back', { ...whatIsPutBack(step), times });
  };
  const executor = new Executor({
    clock,
    holds,
    lanes: parts.lanes,
    targetOf: (step) => targetOf(store, step, writeOf(step, backend).verb !== 'patch'),
    write: (step, target) => carryOutWrite(writer, writeOf(step, backend), target.resourceVersion()),
    onProgress: () => loop.poke(),
    onError: (step, error, retry) => {
      metrics?.stepFailed(step);
      failedWrites.failed(step, error, retry);
    },
    onUndone: tellUndone,
    onDone: (step, milliseconds, wasUndone) => {
      if (standing.done(step) && !wasUndone) tellUndone(step, 1);
      if (step.kind === 'annotate' && step.refuted !== undefined)
        log.warn('a record of what another namespace has is taken back', {
          namespace: step.namespace,
          addresses: step.refuted,
        });
      else if (step.kind === 'annotate' && step.allocated !== null)
        store.namespaces.promise(step.namespace, step.addresses);
      metrics?.stepDone(step, milliseconds);
      failedWrites.done(step);
      log.debug('step done', { step: step.id, milliseconds: Math.round(milliseconds) });
    },
  });
  const interfaces = watch === undefined ? undefined : createInterfaceExecutor(parts, watch, holds, () => loop.poke());
  const look = (): ClusterSnapshot | undefined => {
    if (store.unsynced.length > 0 || (watch !== undefined && watch.observation === undefined)) return undefined;
    // Without a CIDR no look tells of a node's addresses, and none is ours.
    const isIdle = store.egressIPAMs.list().length === 0;
    if (watch !== undefined) store.forgetDepartedNodes((node) => isIdle || isEmptied(watch, node));
    const snapshot = store.snapshot(currentProvider(provider, store, watch));
    const dead = new Set([...parts.deadNodes(), ...(watch === undefined ? [] : silentNodes(watch))]);
    const seen = parts.takesBack ? leaving(snapshot) : snapshot;
    return withFailures(markDead(seen, dead), interfaces?.failures ?? []);
  };
  const guard = parts.guardUnassigned ? createGuard(parts, () => loop.poke()) : undefined;
  const loop = new ControlLoop({
    clock,
    backend,
    look,
    runners: [executor, interfaces, guard].filter((runner) => runner !== undefined),
    reporter,
    chronicle,
    log,
    ...(parts.mostNew === undefined ? {} : { mostNew: parts.mostNew }),
    isHeldUp: (name) => executor.isHeldUp({ kind: 'Namespace', name }),
    problems: () => store.problems,
    onTrouble: (reason) => {
      if (reason !== undefined) metrics?.threwUncaught();
      parts.onTrouble(reason);
    },
    wakeAt: () => store.refused.next,
    isForgetful: (plan) => store.recallProof(plan),
    onPlan: (plan, milliseconds) => {
      standing.note(plan);
      store.notePromises(plan);
      store.refused.note(plan.refused ?? []);
      metrics?.planned(plan, milliseconds);
    },
  });
  return loop;
}

/** What is told of a write that was undone: whom it is about, and what traffic leaves by with it. */
function whatIsPutBack({
  object,
  namespace,
  node,
  effects: { recorded = [], bound = [], hosted = [] },
}: WriteStep): object {
  const addresses = [...new Set([...recorded, ...bound, ...hosted])];
  return {
    object: `${object.kind}/${object.name}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(node === undefined ? {} : { node }),
    ...(addresses.length === 0 ? {} : { addresses }),
  };
}

function createGuard(
  { rest, writer, store, clock, log }: ControllerParts,
  onProgress: () => void,
): UnassignedGuard | undefined {
  const { guard, name } = store.network.backend;
  if (guard === undefined) {
    log.warn(
      'the guard has nothing to do: the network lets no traffic out whose address no node carries, or cannot be told to hold it back',
      { network: name },
    );
    return undefined;
  }
  return new UnassignedGuard({
    guard,
    rest,
    writer,
    clock,
    onProgress,
    onError: (namespace, error) =>
      log.warn('what guards a namespace cannot be written', {
        kind: guard.resource.kind,
        namespace,
        reason: reasonOf(error),
      }),
    onUnreadable: (error) =>
      log.warn('what guards namespaces cannot be read, and nothing is guarded', {
        kind: guard.resource.kind,
        reason: reasonOf(error),
      }),
  });
}

function createInterfaceExecutor(
  { provider, store, term, clock, log, metrics }: ControllerParts,
  watch: ProviderWatch,
  holds: AddressHolds,
  onProgress: () => void,
): InterfaceExecutor {
  const nodeOf = (name: string): ProviderNode => {
    const providerID = store.machines.find((node) => node.name === name)?.providerID;
    return { name, ...(providerID === undefined ? {} : { providerID }) };
  };
  return new InterfaceExecutor({
    provider: provider.provider,
    clock,
    holds,
    fence: term.fence,
    lost: term.lost,
    nodeOf,
    sendsOn: sendsOn(store.network.backend, store.network.recognition),
    onResults: (results) => watch.note(results),
    look: () => watch.look(),
    onProgress,
    onError: (step, error, retry) => {
      metrics?.stepFailed(step);
      const next = Number.isFinite(retry)
        ? { retryInMilliseconds: Math.round(retry) }
        : { retry: 'not before something of it is changed' };
      log.warn('a change of an interface failed', {
        change: step.kind,
        ...whatIsChanged(step),
        class: error.class,
        reason: error.message,
        ...next,
      });
    },
    onDone: (step, milliseconds) => {
      metrics?.stepDone(step, milliseconds);
      log.info(doneWords[step.kind], {
        ...whatIsChanged(step),
        why: whyDone(step),
        milliseconds: Math.round(milliseconds),
      });
    },
  });
}

function whatIsChanged(step: InterfaceStep): Readonly<Record<string, unknown>> {
  const { namespace, address, node } = step;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    addresses: [address],
    node,
    ...(step.kind === 'move' ? { from: step.from } : {}),
  };
}

/** Why an address comes or goes; why its node is another one has its own line. */
function whyDone({ kind, namespace }: InterfaceStep): string {
  if (kind !== 'detach') return kind === 'attach' ? 'the namespace has it' : 'its node is another one now';
  return namespace === undefined ? 'nobody has it' : 'the namespace gave it back';
}
