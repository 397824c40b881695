import type { Finding, Plan, Step } from '@egressip-ipam/core';
import { table, type TableOptions } from './table.ts';

/** Draws a plan for people: who has what and where, who waits and why, what would be done. */
export function renderPlan(plan: Plan, options: TableOptions): string {
  const sections: string[] = [];
  const allocations = plan.allocations.map(({ namespace, egressIPAM, source, addresses, nodes }) => [namespace, egressIPAM, addresses.join(','), nodes.map((node) => node ?? '-').join(','), source]);
  sections.push(allocations.length === 0 ? 'No namespace has addresses.' : table(['NAMESPACE', 'EGRESSIPAM', 'ADDRESSES', 'NODES', 'SOURCE'], allocations, options));
  sections.push(plan.egressIPAMs.length === 0 ? 'There is no EgressIPAM.' : renderUsage(plan, options));
  if (plan.waiting.length > 0) sections.push(table(['WAITING', 'EGRESSIPAM', 'WHY'], plan.waiting.map(({ namespace, egressIPAM, reason }) => [namespace, egressIPAM, `${reason.code}: ${reason.message}`]), options));
  const said = new Set(plan.waiting.map(({ reason }) => reason));
  const findings = renderFindings(plan.findings.filter((finding) => !said.has(finding)), options);
  if (findings !== undefined) sections.push(findings);
  sections.push(renderSteps(plan.steps, options));
  return `${sections.join('\n\n')}\n`;
}

function renderUsage({ egressIPAMs }: Plan, options: TableOptions): string {
  const rows = egressIPAMs.flatMap(({ name, cidrs }) =>
    cidrs.map(({ cidr, labelValue, total, reserved, allocated, free, nodes, capacity }) => [name, cidr, labelValue, total, reserved, String(allocated), free, String(nodes.length), capacity === undefined ? 'no limit' : String(capacity)]),
  );
  return table(['EGRESSIPAM', 'CIDR', 'TOPOLOGY', 'TOTAL', 'KEPT BACK', 'ALLOCATED', 'FREE', 'NODES', 'CAPACITY'], rows, options);
}

/** Draws findings; undefined when there are none. */
export function renderFindings(findings: readonly Finding[], options: TableOptions): string | undefined {
  if (findings.length === 0) return undefined;
  return table(['FINDING', 'SEVERITY', 'OBJECT', 'MESSAGE'], findings.map(({ code, severity, object, message }) => [code, severity, `${object.kind}/${object.name}`, message]), options);
}

function renderSteps(steps: readonly Step[], options: TableOptions): string {
  if (steps.length === 0) return 'Nothing to do.';
  const numbers = new Map(steps.map(({ id }, index) => [id, index + 1]));
  const rows = steps.map((step) => [String(numbers.get(step.id)), describeStep(step), step.after.map((id) => String(numbers.get(id) ?? id)).join(',')]);
  return table(['STEP', 'WHAT', 'AFTER'], rows, options);
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(',');
}

/** One step in words. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'finalizer':
      return `${step.present ? 'put the finalizer on' : 'take the finalizer off'} EgressIPAM ${step.egressIPAM}`;
    case 'remember':
      return `remember released addresses in EgressIPAM ${step.egressIPAM}`;
    case 'annotate':
      return step.egressIPs === null || step.allocated === null ? `clear the allocation of namespace ${step.namespace}` : `allocate ${list(step.addresses)} to namespace ${step.namespace}`;
    case 'host':
      return describeHost(step);
    case 'claim':
      return `bind traffic of NetNamespace ${step.namespace} to ${list(step.egressIPs)}`;
    case 'attach':
      return `attach ${list(step.addresses)} to node ${step.node}`;
    case 'detach':
      return `detach ${list(step.addresses)} from node ${step.node}`;
    case 'move':
      return `move ${list(step.addresses)} from node ${step.from} to node ${step.node}`;
    case 'label-node':
      return `${step.present ? 'make' : 'no longer make'} node ${step.node} egress-assignable`;
    case 'apply-egress-ip':
      return `apply EgressIP ${step.name} with ${list(step.egressIPs)}`;
    case 'delete-egress-ip':
      return `delete EgressIP ${step.name}`;
  }
}

function describeHost(step: Extract<Step, { kind: 'host' }>): string {
  const parts = [
    ...(step.egressCIDRs === undefined ? [] : [`set egressCIDRs ${list(step.egressCIDRs)}`]),
    ...(step.added.length === 0 ? [] : [`host ${list(step.added)}`]),
    ...(step.removed.length === 0 ? [] : [`stop hosting ${list(step.removed)}`]),
  ];
  return `HostSubnet ${step.node}: ${parts.length === 0 ? 'note what is ours' : parts.join(', ')}`;
}
