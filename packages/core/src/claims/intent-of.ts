import type { Address } from '../address/address.ts';
import type { ParsedNamespace } from '../parse/parse-namespace.ts';
import type { Pool } from '../place/pool.ts';
import { keep, type Intent } from './claim.ts';
import { missingAssignments } from './match-assignments.ts';
import { namespaceFinding } from './namespace-finding.ts';

/** What was found out about a namespace that names an EgressIPAM. */
export interface FoundOut {
  /** Whether its annotation asks for something else than it has. */
  readonly edited: boolean;
  readonly kept: readonly Address[];
  /** What it was promised, and has nowhere yet. */
  readonly wishes: readonly Address[];
  /** What it keeps only until others are given. */
  readonly outgoing: readonly Address[];
  /** Whether its addresses came from another EgressIPAM. */
  readonly hasSwitched: boolean;
}

/** What a namespace asks of its EgressIPAM. */
export function intentOf(
  namespace: ParsedNamespace,
  pool: Pool,
  { edited, kept, wishes, outgoing, hasSwitched }: FoundOut,
): Intent {
  const { egressIPAM } = pool;
  if (!egressIPAM.selectsNamespace(namespace.source.labels ?? {})) return notAllowed(namespace, pool);
  if (namespace.source.deletedAt !== undefined) return keep;
  const isClosed = egressIPAM.open.length === 0;
  // Whatever it asks for, nothing is given: that is not for its owner to mend.
  if (edited) return isClosed ? givesOutNothing(namespace, pool) : { kind: 'input', addresses: namespace.listed };
  const staying = kept.filter((address) => !outgoing.includes(address));
  const assignments = missingAssignments(staying, egressIPAM);
  if (assignments.length === 0 && wishes.length === 0 && outgoing.length === 0)
    return kept.length === 0 && isClosed ? givesOutNothing(namespace, pool) : keep;
  if (hasSwitched && isClosed) return givesOutNothing(namespace, pool);
  return { kind: 'fill', assignments, wishes, outgoing };
}

function givesOutNothing(namespace: ParsedNamespace, { egressIPAM }: Pool): Intent {
  const why = egressIPAM.assignments.length === 0 ? 'it has no CIDR that can be used' : 'all of its CIDRs drain';
  const finding = namespaceFinding(namespace.name, {
    code: 'WaitingForAddress',
    severity: 'warning',
    message: `EgressIPAM ${egressIPAM.name} gives out nothing, as ${why}; it waits for one that does`,
  });
  return { kind: 'blocked', finding };
}

function notAllowed(namespace: ParsedNamespace, pool: Pool): Intent {
  const finding = namespaceFinding(namespace.name, {
    code: 'NamespaceNotAllowed',
    severity: 'error',
    message: `the namespaceSelector of EgressIPAM ${pool.name} does not select this namespace; add the labels it asks for, or choose another EgressIPAM`,
  });
  return { kind: 'blocked', finding };
}
