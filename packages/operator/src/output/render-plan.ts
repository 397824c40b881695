import { firstFew } from '@egressip-ipam/core/plugin';
import type { ClusterSnapshot, Finding, NetworkBackend, Plan, Precondition, Step } from '@egressip-ipam/core';
import { table, type TableOptions } from './table.ts';

/** What a plan was made from: by it a network's steps can be put in words. */
export interface PlanSource {
  readonly snapshot: ClusterSnapshot;
  readonly backend: NetworkBackend;
  /** EgressIPAMs that are deleted with the plan: the last step of each is what that waits for. */
  readonly deleted?: ReadonlySet<string>;
}

/** Draws a plan for people: who has what and where, who waits and why, what would be done. */
export function renderPlan(plan: Plan, source: PlanSource, options: TableOptions): string {
  const sections: string[] = [];
  const allocations = plan.allocations.map(({ namespace, egressIPAM, source, addresses, nodes }) => [
    namespace,
    egressIPAM,
    addresses.join(','),
    nodes.map((node) => node ?? '-').join(','),
    source,
  ]);
  sections.push(
    allocations.length === 0
      ? 'No namespace has addresses.'
      : table(['NAMESPACE', 'EGRESSIPAM', 'ADDRESSES', 'NODES', 'SOURCE'], allocations, options),
  );
  sections.push(plan.egressIPAMs.length === 0 ? 'There is no EgressIPAM.' : renderUsage(plan, options));
  if (plan.waiting.length > 0)
    sections.push(
      table(
        ['WAITING', 'EGRESSIPAM', 'WHY'],
        plan.waiting.map(({ namespace, egressIPAM, reason }) => [
          namespace,
          egressIPAM,
          `${reason.code}: ${reason.message}`,
        ]),
        options,
      ),
    );
  const said = new Set(plan.waiting.map(({ reason }) => reason));
  const findings = renderFindings(
    plan.findings.filter((finding) => !said.has(finding)),
    options,
  );
  if (findings !== undefined) sections.push(findings);
  sections.push(plan.steps.length === 0 ? nothingToDo(plan) : renderSteps(plan.steps, source, options));
  return `${sections.join('\n\n')}\n`;
}

function renderUsage({ egressIPAMs }: Plan, options: TableOptions): string {
  const rows = egressIPAMs.flatMap(({ name, cidrs }) =>
    cidrs.map(({ cidr, labelValue, total, reserved, allocated, free, nodes, capacity }) => [
      name,
      cidr,
      labelValue,
      total,
      reserved,
      String(allocated),
      free,
      String(nodes.length),
      capacity === undefined ? 'no limit' : String(capacity),
    ]),
  );
  return table(
    ['EGRESSIPAM', 'CIDR', 'TOPOLOGY', 'TOTAL', 'KEPT BACK', 'ALLOCATED', 'FREE', 'NODES', 'CAPACITY'],
    rows,
    options,
  );
}

/** Draws findings; undefined when there are none. */
export function renderFindings(findings: readonly Finding[], options: TableOptions): string | undefined {
  if (findings.length === 0) return undefined;
  return table(
    ['FINDING', 'SEVERITY', 'OBJECT', 'MESSAGE'],
    findings.map(({ code, severity, object, message }) => [code, severity, `${object.kind}/${object.name}`, message]),
    options,
  );
}

/** What waits for the cluster alone is not well because nobody has anything to do. */
function nothingToDo({ allocations }: Plan): string {
  const down = allocations.flatMap(({ namespace, carried }) => (carried ? [] : [namespace]));
  if (down.length === 0) return 'Nothing to do.';
  return `Nothing to do here, and not all traffic of ${firstFew(down)} leaves by its addresses.`;
}

function renderSteps(steps: readonly Step[], source: PlanSource, options: TableOptions): string {
  const numbers = new Map(steps.map(({ id }, index) => [id, index + 1]));
  const describe = (precondition: Precondition): string => {
    if (precondition.kind === 'step') return String(numbers.get(precondition.id) ?? '?');
    return `${precondition.object.kind} ${precondition.object.name} ${precondition.state}`;
  };
  const rows = steps.map((step) => [
    String(numbers.get(step.id)),
    describeStep(step, source),
    step.after.map(describe).join(','),
  ]);
  return table(['STEP', 'WHAT', 'AFTER'], rows, options);
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(',');
}

/** One step in words. */
export function describeStep(step: Step, { snapshot, backend, deleted }: PlanSource): string {
  switch (step.kind) {
    case 'finalizer':
      if (deleted?.has(step.egressIPAM) === true) return `delete EgressIPAM ${step.egressIPAM}`;
      return `${step.present ? 'put the finalizer on' : 'take the finalizer off'} EgressIPAM ${step.egressIPAM}`;
    case 'remember':
      return `remember released addresses in EgressIPAM ${step.egressIPAM}`;
    case 'annotate':
      if (step.refuted !== undefined)
        return `take ${list(step.refuted)}, which another namespace has, out of the record of namespace ${step.namespace}`;
      return step.egressIPs === null || step.allocated === null
        ? `clear the allocation of namespace ${step.namespace}`
        : `allocate ${list(step.addresses)} to namespace ${step.namespace}`;
    case 'attach':
      return `attach ${step.address} to node ${step.node}`;
    case 'detach':
      return `detach ${step.address} from node ${step.node}`;
    case 'move':
      return `move ${step.address} from node ${step.from} to node ${step.node}`;
    case 'network':
      return `${step.object.kind} ${step.object.name}: ${describeEffects(step) ?? backend.describe(snapshot.network.objects, step)}`;
  }
}

/** What a step does to addresses, in words; undefined where it does nothing to any. */
function describeEffects({ effects }: Step): string | undefined {
  const verbs = [
    ['host', effects.hosted],
    ['take off', effects.unhosted],
    ['bind traffic to', effects.bound],
    ['unbind traffic from', effects.unbound],
  ] as const;
  const parts = verbs.flatMap(([verb, addresses = []]) =>
    addresses.length === 0 ? [] : [`${verb} ${list(addresses)}`],
  );
  return parts.length === 0 ? undefined : parts.join(', ');
}
