import type { Finding } from '../finding/finding.ts';
import type { Step } from '../network-contract/step.ts';
import type { Allocation, Plan } from '../plan/plan-types.ts';

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
  if (idle.length === 0) return [];
  const [coming, codes] = [comingBy(steps), codesBySubject(problems)];
  return idle.map((allocation) => ({
    code: 'NotCarried',
    severity: 'error',
    object: { kind: 'Namespace', name: allocation.namespace },
    message: `not all of its traffic leaves by ${allocation.addresses.join(', ')} now: ${allocation.addresses.some((address) => coming.has(address)) ? 'the operator puts it right when it runs' : whereToLook(allocation, codes)}`,
    addresses: allocation.addresses,
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

/** What problems are about, `KIND/NAME` or an address, and their codes. */
function codesBySubject(problems: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, string[]>();
  for (const { code, object, addresses = [] } of problems)
    for (const subject of [`${object.kind}/${object.name}`, ...addresses]) {
      const known = codes.get(subject);
      if (known === undefined) codes.set(subject, [code]);
      else known.push(code);
    }
  return codes;
}

/** Leads to what is said of the namespace, its addresses, its nodes or its EgressIPAM, else to the nodes themselves. */
function whereToLook(
  { namespace, egressIPAM, addresses, nodes }: Allocation,
  codes: ReadonlyMap<string, readonly string[]>,
): string {
  const named = [...new Set(nodes)].filter((node) => node !== null);
  const subjects = [`Namespace/${namespace}`, ...named.map((node) => `Node/${node}`), ...addresses];
  const near = subjects.flatMap((subject) => codes.get(subject) ?? []);
  const said = near.length > 0 ? near : (codes.get(`EgressIPAM/${egressIPAM}`) ?? []);
  if (said.length > 0) return `see what ${[...new Set(said)].join(', ')} says`;
  return named.length === 0
    ? 'no node carries it; look whether its nodes are Ready, and whether the network works there'
    : `look whether node ${named.join(', ')} is Ready, and whether the network works there`;
}

/** Why claims wait, as far as it does not stand among the findings. */
export function stillWaiting({ waiting, findings }: Plan): readonly Finding[] {
  const said = new Set(findings);
  return waiting.flatMap(({ reason }) => (said.has(reason) ? [] : [reason]));
}
