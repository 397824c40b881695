import type { Finding } from '../finding/finding.ts';
import type { Plan } from '../plan/plan-types.ts';

/**
 * Whether a plan has nothing to tell anybody: every address carries traffic, no claim waits, nothing is to be done, and
 * what was found explains only (law 12). Exit codes come from it.
 */
export function isAllWell({ allocations, waiting, steps, findings }: Plan): boolean {
  return (
    allocations.every(({ carried }) => carried) &&
    waiting.length === 0 &&
    steps.length === 0 &&
    findings.every(({ severity }) => severity === 'info')
  );
}

/** What leaves by none of the addresses that it has, or not by all, as far as no error says so already (law 12). */
export function notCarried({ allocations }: Plan, problems: readonly Finding[]): readonly Finding[] {
  const said = new Set(
    problems.flatMap(({ object, severity }) =>
      object.kind === 'Namespace' && severity === 'error' ? [object.name] : [],
    ),
  );
  return allocations
    .filter(({ namespace, carried }) => !carried && !said.has(namespace))
    .map(({ namespace, addresses, nodes }) => ({
      code: 'NotCarried',
      severity: 'error',
      object: { kind: 'Namespace', name: namespace },
      message: `not all of its traffic leaves by ${addresses.join(', ')} now: see what is said of ${[...new Set(nodes)].map((node) => (node === null ? 'its nodes' : `node ${node}`)).join(', ')}`,
      addresses,
    }));
}

/** Why claims wait, as far as it does not stand among the findings. */
export function stillWaiting({ waiting, findings }: Plan): readonly Finding[] {
  const said = new Set(findings);
  return waiting.flatMap(({ reason }) => (said.has(reason) ? [] : [reason]));
}
