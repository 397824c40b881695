import type { Finding } from '../finding/finding.ts';
import type { Step } from '../network-contract/step.ts';
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
export function notCarried({ allocations, steps }: Plan, problems: readonly Finding[]): readonly Finding[] {
  const said = new Set(
    problems.flatMap(({ object, severity }) =>
      object.kind === 'Namespace' && severity === 'error' ? [object.name] : [],
    ),
  );
  const idle = allocations.filter(({ namespace, carried }) => !carried && !said.has(namespace));
  const coming = idle.length === 0 ? new Set<string>() : comingBy(steps);
  return idle.map(({ namespace, addresses, nodes }) => ({
    code: 'NotCarried',
    severity: 'error',
    object: { kind: 'Namespace', name: namespace },
    message: `not all of its traffic leaves by ${addresses.join(', ')} now: ${addresses.some((address) => coming.has(address)) ? 'the operator puts it right when it runs' : whereToLook(nodes)}`,
    addresses,
  }));
}

/** The addresses that steps put where traffic leaves by them. */
function comingBy(steps: readonly Step[]): ReadonlySet<string> {
  const coming = new Set<string>();
  for (const { effects } of steps)
    for (const addresses of [effects.hosted, effects.bound, effects.attached])
      for (const address of addresses ?? []) coming.add(address);
  return coming;
}

function whereToLook(nodes: readonly (string | null)[]): string {
  const names = [...new Set(nodes)].map((node) => (node === null ? 'its nodes' : `node ${node}`));
  return `see what is said of ${names.join(', ')}`;
}

/** Why claims wait, as far as it does not stand among the findings. */
export function stillWaiting({ waiting, findings }: Plan): readonly Finding[] {
  const said = new Set(findings);
  return waiting.flatMap(({ reason }) => (said.has(reason) ? [] : [reason]));
}
