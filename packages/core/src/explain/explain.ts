import { formatAddress, parseAddress } from '../address/address.ts';
import { cidrContains, parseCidr } from '../address/cidr.ts';
import type { Finding } from '../finding/finding.ts';
import type { NetworkBackend } from '../network-contract/backend.ts';
import type { Precondition, Step } from '../network-contract/step.ts';
import { plain } from '../plain/plain-network.ts';
import type { Allocation, Plan } from '../plan/plan-types.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { carrierSentence } from './carrier-sentence.ts';
import { whyKeptBack } from './kept-back.ts';

/** What to explain. */
export interface Subject {
  readonly kind: 'namespace' | 'address' | 'node' | 'egressipam';
  readonly name: string;
}

/** What something has, why it is so, and what it waits for. */
export interface Explanation {
  readonly subject: Subject;
  /** Whether the snapshot has the subject at all. */
  readonly found: boolean;
  /** Sentences, the most important first. */
  readonly statements: readonly string[];
  readonly findings: readonly Finding[];
  /** Steps that concern it, by id. */
  readonly steps: readonly string[];
}

/**
 * Explains one thing from a plan and the snapshot it came from.
 *
 * @param backend the back end that the plan was made with
 *
 * @example
 * ```ts
 * import { explain, plan, readObjects } from '@egressip-ipam/core';
 *
 * const { snapshot } = readObjects([{ kind: 'Namespace', metadata: { name: 'billing' } }]);
 * const { statements } = explain(snapshot, plan(snapshot), { kind: 'namespace', name: 'billing' });
 * console.log(statements.join('\n'));
 * ```
 */
export function explain(
  snapshot: ClusterSnapshot,
  plan: Plan,
  subject: Subject,
  backend: NetworkBackend = plain,
): Explanation {
  switch (subject.kind) {
    case 'namespace':
      return explainNamespace(snapshot, plan, subject);
    case 'address':
      return explainAddress(snapshot, plan, subject, backend);
    case 'node':
      return explainNode(snapshot, plan, subject);
    case 'egressipam':
      return explainEgressIPAM(plan, subject);
  }
}

const origins: Readonly<Record<Allocation['source'], string>> = {
  kept: 'it has them already, and an allocation never changes unless its owner asks',
  input: 'its owner asked for them in the annotation',
  returned: 'a namespace of this name had them a short while ago',
  recorded: 'they stand in its record, nothing else shows that it had them, and they were free',
  new: 'they are the lowest free ones',
};

function explainNamespace(snapshot: ClusterSnapshot, plan: Plan, subject: Subject): Explanation {
  const namespace = snapshot.namespaces.find(({ name }) => name === subject.name);
  const allocation = plan.allocations.find((entry) => entry.namespace === subject.name);
  const waiting = plan.waiting.find((entry) => entry.namespace === subject.name);
  const statements: string[] = [];
  if (namespace === undefined) statements.push(`There is no namespace ${subject.name}.`);
  else if (namespace.egressIPAM === undefined) statements.push('It names no EgressIPAM, so it claims no addresses.');
  else statements.push(`It claims from EgressIPAM ${namespace.egressIPAM}.`);
  if (allocation !== undefined) {
    statements.push(`It has ${allocation.addresses.join(', ')}: ${origins[allocation.source]}.`);
    statements.push(...allocation.addresses.map((address) => carrierSentence(snapshot, allocation, address)));
  }
  if (waiting !== undefined) statements.push(`It waits: ${waiting.reason.message}.`);
  const steps = plan.steps.filter((step) => step.namespace === subject.name);
  statements.push(...new Set(steps.flatMap(({ after }) => after.flatMap(waitingFor))));
  return {
    subject,
    found: namespace !== undefined,
    statements,
    findings: findingsAbout(plan, subject, steps),
    steps: steps.map(({ id }) => id),
  };
}

/** What is only observed, and nobody's step. */
function waitingFor(precondition: Precondition): readonly string[] {
  if (precondition.kind === 'step') return [];
  const { kind, name } = precondition.object;
  const states = { gone: 'is gone', present: 'is there', read: 'has been read', room: 'has room for more' };
  return [`A step of it waits until ${kind} ${name} ${states[precondition.state]}.`];
}

/** Findings about a thing by its name: about itself, and about objects that steps of it write. */
function findingsAbout(plan: Plan, { name }: Subject, steps: readonly Step[]): readonly Finding[] {
  const objects = new Set(steps.map(({ object }) => `${object.kind}/${object.name}`));
  return plan.findings.filter(({ object }) => object.name === name || objects.has(`${object.kind}/${object.name}`));
}

function explainAddress(snapshot: ClusterSnapshot, plan: Plan, subject: Subject, backend: NetworkBackend): Explanation {
  const address = parseAddress(subject.name);
  if (address === undefined)
    return { subject, found: false, statements: [`"${subject.name}" is not an address.`], findings: [], steps: [] };
  const text = formatAddress(address);
  const statements: string[] = [];
  for (const { name, cidrAssignments } of snapshot.egressIPAMs) {
    for (const { CIDR, labelValue } of cidrAssignments) {
      const cidr = parseCidr(CIDR)?.cidr;
      if (cidr !== undefined && cidrContains(cidr, address))
        statements.push(`It lies in ${cidr.text} (topology value "${labelValue}") of EgressIPAM ${name}.`);
    }
  }
  if (statements.length === 0) statements.push('It lies in no CIDR of any EgressIPAM.');
  const allocation = plan.allocations.find(({ addresses }) => addresses.includes(text));
  if (allocation === undefined) statements.push('No namespace has it.');
  else statements.push(`Namespace ${allocation.namespace} has it.`, carrierSentence(snapshot, allocation, text));
  statements.push(...whyKeptBack(snapshot, backend, address), ...usersOf(snapshot, text, backend));
  return {
    subject,
    found: true,
    statements,
    findings: plan.findings.filter(({ addresses }) => addresses?.includes(text) === true),
    steps: plan.steps.filter(({ effects }) => Object.values(effects).flat().includes(text)).map(({ id }) => id),
  };
}

/** Everything that names an address. */
function usersOf(snapshot: ClusterSnapshot, text: string, backend: NetworkBackend): readonly string[] {
  return [
    ...backend.explain(snapshot.network.objects, text),
    ...(snapshot.infrastructure.virtualIPs.includes(text)
      ? ["It is an address of the cluster's API, ingress or DNS."]
      : []),
    ...(snapshot.provider.observation?.cidrs ?? []).flatMap((cidr) =>
      'error' in cidr
        ? []
        : cidr.inUse
            .filter(({ address }) => address === text)
            .map(({ usedBy }) => `The platform shows it in use by ${usedBy}.`),
    ),
  ];
}

function explainNode(snapshot: ClusterSnapshot, plan: Plan, subject: Subject): Explanation {
  const node = snapshot.nodes.find(({ name }) => name === subject.name);
  const report = plan.nodes.find((entry) => entry.node === subject.name);
  const steps = plan.steps.filter((step) => step.node === subject.name);
  const carried = plan.allocations.flatMap((allocation) =>
    allocation.addresses
      .filter((_, index) => allocation.nodes[index] === subject.name)
      .map((address) => `Of namespace ${allocation.namespace}: ${carrierSentence(snapshot, allocation, address)}`),
  );
  const statements =
    node === undefined
      ? [`There is no node ${subject.name}.`]
      : [
          node.ready
            ? 'It is Ready.'
            : 'It is not Ready, so it gets nothing new and what it carries moves where it can.',
        ];
  if (report !== undefined)
    statements.push(
      `EgressIPAM ${report.egressIPAM} has it.`,
      `${report.placed} addresses are placed on it${report.capacity === undefined ? '' : `, of ${report.capacity} that it can carry`}.`,
    );
  else if (node !== undefined)
    statements.push('No EgressIPAM selects it: check nodeSelector, topologyLabel and labelValue.');
  statements.push(...carried);
  return {
    subject,
    found: node !== undefined,
    statements,
    findings: findingsAbout(plan, subject, steps),
    steps: steps.map(({ id }) => id),
  };
}

function explainEgressIPAM(plan: Plan, subject: Subject): Explanation {
  const report = plan.egressIPAMs.find(({ name }) => name === subject.name);
  const statements =
    report === undefined
      ? [`There is no EgressIPAM ${subject.name}.`]
      : [
          `${report.served} namespaces are served, ${report.waiting} wait; all addresses of ${report.carried} carry traffic.`,
        ];
  for (const usage of report?.cidrs ?? []) {
    const capacity = usage.capacity === undefined ? 'as many addresses as there are' : `${usage.capacity} addresses`;
    statements.push(
      `${usage.cidr} (topology value "${usage.labelValue}"): ${usage.allocated} of ${usage.total} allocated, ${usage.reserved} kept back, ${usage.free} free; ${usage.nodes.length} nodes can carry ${capacity}.`,
    );
  }
  for (const { namespace, reason } of plan.waiting.filter(({ egressIPAM }) => egressIPAM === subject.name).slice(0, 10))
    statements.push(`Namespace ${namespace} waits: ${reason.message}.`);
  return {
    subject,
    found: report !== undefined,
    statements,
    findings: plan.findings.filter(({ object }) => object.kind === 'EgressIPAM' && object.name === subject.name),
    steps: plan.steps.filter((step) => step.egressIPAM === subject.name).map(({ id }) => id),
  };
}
