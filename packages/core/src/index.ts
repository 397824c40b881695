export { createPlanner, plan } from './plan/planner.ts';
export { explain } from './explain/explain.ts';
export { check } from './check/check.ts';
export { planAdoption } from './adopt/adopt.ts';
export { simulate } from './simulate/simulate.ts';
export { settle } from './simulate/settle.ts';
export { applyStep, readySteps } from './simulate/apply-step.ts';
export { compareAddresses, familyOf, formatAddress, parseAddress } from './address/address.ts';
export { parseAddressList } from './address/address-list.ts';
export { parseRange, platformReserved } from './address/address-range.ts';
export { createAddressSet } from './address/address-set.ts';
export { cidrContains, cidrContainsCidr, cidrsOverlap, parseCidr } from './address/cidr.ts';
export { isCloudRefusal } from './allocate/refused.ts';
export { parseHostedIPs } from './parse/parse-network-objects.ts';
export { buildSnapshot } from './snapshot/build-snapshot.ts';
export { compileSelector } from './snapshot/label-selector.ts';
export { parseDuration } from './snapshot/duration.ts';
export { readEgressIPAM } from './snapshot/read-egress-ipam.ts';
export { readInfrastructure } from './snapshot/read-infrastructure.ts';
export { readNamespace } from './snapshot/read-namespace.ts';
export { readCloudPrivateIPConfig, readEgressIP, readHostSubnet, readNetNamespace } from './snapshot/read-network-objects.ts';
export { readNode } from './snapshot/read-node.ts';
export {
  allocatedAnnotation,
  egressAssignableLabel,
  egressIPAMAnnotation,
  egressIPsAnnotation,
  fieldManager,
  finalizerName,
  hostedCIDRsAnnotation,
  hostedIPsAnnotation,
  labelledByUsAnnotation,
  ownershipLabel,
} from './snapshot/names.ts';
export { mergeResults } from './provider/merge-results.ts';
export { ProviderError } from './provider/provider-error.ts';

export type { Adoption, AdoptionOptions, AdoptionPlan } from './adopt/adopt.ts';
export type { Planner } from './plan/planner.ts';
export type { Explanation, Subject } from './explain/explain.ts';
export type { CapacityCheck, CheckReport } from './check/check.ts';
export type { Move, Scenario, Simulation } from './simulate/simulate.ts';
export type { Address } from './address/address.ts';
export type { ParsedAddressList } from './address/address-list.ts';
export type { AddressRange } from './address/address-range.ts';
export type { AddressSet } from './address/address-set.ts';
export type { Cidr } from './address/cidr.ts';
export type { CompiledSelector, Labels } from './snapshot/label-selector.ts';
export type { Read } from './snapshot/object-reader.ts';
export type { Finding, FindingSeverity, ObjectReference } from './finding/finding.ts';
export type { FindingCode } from './finding/codes.ts';
export type * from './snapshot/snapshot.ts';
export type * from './plan/step.ts';
export type * from './plan/plan-types.ts';
export type * from './provider/contract.ts';
export type * from './provider/factory.ts';
export type { ProviderErrorClass, ProviderErrorDescription } from './provider/provider-error.ts';
