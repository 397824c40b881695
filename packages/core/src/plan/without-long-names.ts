import type { NetworkTraits } from '../network-contract/traits.ts';
import type { ParsedEgressIPAM } from '../parse/parse-egress-ipam.ts';

/** Characters of the value of a label (Kubernetes, "Labels and Selectors"); names of EgressIPAMs may have 253. */
const longestLabel = 63;

/**
 * EgressIPAMs without the CIDRs of those whose name cannot be written as a label, where the network's objects carry it.
 */
export function withoutLongNames(
  egressIPAMs: readonly ParsedEgressIPAM[],
  { namesInLabels }: NetworkTraits,
): readonly ParsedEgressIPAM[] {
  if (namesInLabels !== true || egressIPAMs.every(({ name }) => name.length <= longestLabel)) return egressIPAMs;
  return egressIPAMs.map((egressIPAM) => {
    const { name } = egressIPAM;
    if (name.length <= longestLabel) return egressIPAM;
    const message = `its name has ${name.length} characters, and the network's objects carry it as a label, which has ${longestLabel} at the most: nothing is allocated; make an EgressIPAM with a shorter name`;
    const object = { kind: 'EgressIPAM', name } as const;
    const finding = { code: 'NameTooLong', severity: 'error', object, field: 'metadata.name', message } as const;
    return { ...egressIPAM, assignments: [], open: [], findings: [...egressIPAM.findings, finding] };
  });
}
