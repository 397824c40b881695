import type { FindingCode } from './codes.ts';
import type { Finding } from './finding.ts';

/** So many findings with one code are said of one object; more are counted. */
const mostAlike = 10;

/** Findings about one object, which may have thousands of entries with the same problem. */
export class AlikeFindings {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<FindingCode, { count: number; readonly first: Finding }>();

  /** Adds a finding, unless there are enough with its code: then it is counted. */
  add(finding: Finding): void {
    const counted = this.#counts.get(finding.code);
    if (counted === undefined) this.#counts.set(finding.code, { count: 1, first: finding });
    else if ((counted.count += 1) > mostAlike) return;
    this.#findings.push(finding);
  }

  /** All that are said, and for each code how many more there are. */
  all(): readonly Finding[] {
    const more = [...this.#counts.values()].filter(({ count }) => count > mostAlike);
    return [...this.#findings, ...more.map(({ count, first }) => others(first, count - mostAlike))];
  }
}

function others({ code, severity, object, field }: Finding, count: number): Finding {
  const list = field?.replace(/\[.*$/, '');
  const message = `it has ${count} more ${count === 1 ? 'entry' : 'entries'} of which the same is to be said`;
  return { code, severity, object, message, ...(list === undefined ? {} : { field: list }) };
}
