import type { Finding } from '../finding/finding.ts';
import type { Decided } from '../render/decided.ts';
import { allocationFindings } from './allocation-findings.ts';
import { poolFindings } from './pool-findings.ts';
import { providerFindings } from './provider-findings.ts';

/** What stands, apart from what claims asked for: objects that do not parse, overlaps, and what no longer fits. */
export function findingsOf(decided: Decided): readonly Finding[] {
  return [
    ...poolFindings(decided),
    ...decided.facts.findings,
    ...providerFindings(decided),
    ...allocationFindings(decided),
  ];
}
