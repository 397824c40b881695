import { formatAddress, type AdoptableBinding, type NetworkObjects } from '@egressip-ipam/core';
import { entriesOf, parseAddresses } from '@egressip-ipam/core/plugin';
import { ParsedEgressIP } from './facts/parse-egress-ip.ts';
import { egressIPKind, type EgressIPEntry } from './kinds/egress-ip.ts';
import { namespaceNameLabel, namespaceOfName } from './kinds/names.ts';

/** EgressIPs that people made, or that the migration from OpenShift SDN left. */
export function adoptable(objects: NetworkObjects): readonly AdoptableBinding[] {
  return entriesOf(objects, egressIPKind)
    .map((entry) => new ParsedEgressIP(entry, (text) => text))
    .filter(({ ours, source }) => !ours && source.deletedAt === undefined)
    .map(({ name, source, selected, addresses }) => {
      const refusal = refusalOf(source, selected);
      return {
        object: { kind: 'EgressIP', name },
        ...(selected === undefined ? {} : { namespace: selected }),
        addresses: addresses.map(formatAddress),
        ...(refusal === undefined ? {} : { refusal }),
      };
    });
}

function refusalOf(
  { name, podSelector, egressIPs, others }: EgressIPEntry,
  selected: string | undefined,
): string | undefined {
  if (selected === undefined) {
    return (
      `it selects namespaces by other labels than ${namespaceNameLabel}, or several; give each namespace an ` +
      'EgressIP of its own that selects it by that label'
    );
  }
  if (podSelector !== undefined) {
    return (
      'it selects some pods of its namespace only, and an EgressIPAM serves whole namespaces; remove its ' +
      'podSelector'
    );
  }
  if (others !== undefined) return 'it has more addresses than an EgressIPAM gives a namespace; make several of it';
  const named = namespaceOfName(name) ?? selected;
  if (named !== selected) return `its name is the one that namespace ${named}'s gets; make it anew under another name`;
  return parseAddresses(egressIPs).length === egressIPs.length
    ? undefined
    : 'one of its addresses is none; correct spec.egressIPs';
}
