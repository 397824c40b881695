// What authors of networks and providers build with, beside the contracts, which are at the root.

// Objects as Kubernetes gives them.
export { asRecord, isRecord, ObjectReader } from './snapshot/object-reader.ts';
export { readApplied, readMaker } from './snapshot/read-applied.ts';
export { readOwnership } from './snapshot/read-ownership.ts';
export { readRivalSelector } from './snapshot/read-rival-selector.ts';
export { readSelector } from './snapshot/read-selector.ts';
export { beginningOf } from './snapshot/beginning-of.ts';
export { compileSelector } from './snapshot/label-selector.ts';
export { SelectorIndex } from './snapshot/selector-index.ts';
export { byName, compareNames } from './snapshot/compare-names.ts';
export { entriesOf, withEntries } from './network-contract/kind.ts';
export { withEntry } from './network-contract/with-entry.ts';
export type { AppliedFields, MakerFields } from './snapshot/read-applied.ts';
export type { Read } from './finding/read.ts';
export type { CompiledSelector, Labels } from './snapshot/label-selector.ts';

// Texts with addresses.
export { parseIPv4At } from './address/address.ts';
export { mergeRanges, rangesWithin, rangeWith } from './address/address-range.ts';
export { coveringRanges } from './address/covering-ranges.ts';
export { ListMemo } from './parse/list-memo.ts';
export { rangesAround, rangesIn, type RangeText } from './parse/range-texts.ts';
export {
  canonicalTexts,
  hasDuplicate,
  parseAddresses,
  parseCidrs,
  sameAddresses,
  sameInOrder,
} from './parse/parse-lists.ts';
export {
  isAnyAnnounced,
  parseEgressIPConfig,
  parseFamilyCidrs,
  parseJson,
} from './network-contract/egress-ip-config.ts';
export type { EgressIPConfig } from './network-contract/egress-ip-config.ts';

// Facts and steps.
export { contestedClaims } from './network-contract/contested.ts';
export { adoptionOf, makerAfter } from './network-contract/adoption.ts';
export { reservedBy } from './network-contract/reserved-by.ts';
export { createJudge, isOnRecord, reportUnproven } from './network-contract/records.ts';
export { isAscending, NamespaceIndex } from './network-contract/namespace-index.ts';
export { recordsOf } from './parse/records-of.ts';
export { countsOf } from './network-contract/namespace-counts.ts';
export { NodeUses } from './network-contract/node-uses.ts';
export { afterStep, distinctPreconditions } from './network-contract/step.ts';
export { firstFew, listOrNothing } from './finding/list-texts.ts';
export type { Contested } from './network-contract/contested.ts';
export type { ByNamespace } from './network-contract/namespace-index.ts';
export type { NodeUse } from './network-contract/node-uses.ts';

// Providers.
export { createPassiveProvider } from './provider-contract/passive-provider.ts';
export { providerEntriesOf } from './provider-contract/platform-in-objects.ts';
