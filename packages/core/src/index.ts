// What a snapshot is made of.
export { cidrsOf, isReadBy, isSeenIn } from './read/platform-objects.ts';
export { readObjects } from './read/read-objects.ts';
export { buildSnapshot } from './snapshot/build-snapshot.ts';
export { readEgressIPAM } from './snapshot/read-egress-ipam.ts';
export { readClusterNetworks } from './snapshot/read-cluster-networks.ts';
export { readServiceAddresses } from './snapshot/read-service.ts';
export { readInfrastructure } from './snapshot/read-infrastructure.ts';
export { readNamespace } from './snapshot/read-namespace.ts';
export { readNode } from './snapshot/read-node.ts';
export { parseDuration } from './snapshot/duration.ts';
export {
  allocatedAnnotation,
  annotationPrefix,
  egressIPConfigAnnotation,
  egressIPAMAnnotation,
  egressIPsAnnotation,
  fieldManager,
  finalizerName,
  adoptedAnnotation,
  ownershipLabel,
} from './snapshot/names.ts';
export type { ObjectsRead, ReadOptions } from './read/read-objects.ts';
export type {
  CidrAssignmentSnapshot,
  ClusterSnapshot,
  DepartedClaim,
  DoubtedAttachment,
  EgressIPAMSnapshot,
  InfrastructureSnapshot,
  LabelSelector,
  LabelSelectorRequirement,
  NamespaceSnapshot,
  NetworkEntry,
  NetworkObjects,
  NetworkSnapshot,
  NodeSnapshot,
  ProviderFailure,
  ProviderSnapshot,
  RefusedAddress,
  ReleasedAddresses,
  TeamLimitsSnapshot,
} from './snapshot/snapshot.ts';

// What is planned.
export { createPlanner, plan } from './plan/planner.ts';
export { egressIPAMResource, isInterfaceStep, namespaceResource, writeOf } from './plan/write-of.ts';
export { explain } from './explain/explain.ts';
export { isExplainedWell } from './explain/is-explained-well.ts';
export { isAllWell } from './check/all-well.ts';
export { check, isSound } from './check/check.ts';
export { concernsByEgressIPAM, isIdle, isReady } from './check/concerns.ts';
export { planAdoption } from './adopt/adopt.ts';
export type { Planner, PlanOptions } from './plan/planner.ts';
export type {
  Allocation,
  CidrUsage,
  EgressIPAMReport,
  NodeReport,
  Plan,
  TableReport,
  WaitingClaim,
} from './plan/plan-types.ts';
export type { AddedAddresses, AllocationSource } from './allocate/allotment.ts';
export type { Explanation, Subject } from './explain/explain.ts';
export type { CapacityCheck, CheckReport } from './check/check.ts';
export type { Concerns } from './check/concerns.ts';
export type { Adoption, AdoptionOptions, AdoptionPlan } from './adopt/adopt.ts';
export type { Finding, FindingSeverity, ObjectReference } from './finding/finding.ts';
export type { CoreFindingCode, FindingCode } from './finding/codes.ts';

// Addresses.
export { compareAddresses, familyOf, formatAddress, parseAddress } from './address/address.ts';
export { parseAddressList } from './address/address-list.ts';
export { parseRange, platformReserved } from './address/address-range.ts';
export { createAddressSet } from './address/create-address-set.ts';
export { cidrContains, cidrContainsCidr, cidrsOverlap, parseCidr } from './address/cidr.ts';
export type { Address } from './address/address.ts';
export type { ParsedAddressList } from './address/address-list.ts';
export type { AddressRange } from './address/address-range.ts';
export type { AddressSet } from './address/address-set.ts';
export type { Cidr } from './address/cidr.ts';

// The network contract.
export { plain } from './plain/plain-network.ts';
export { decideNetwork } from './decide/decide-network.ts';
export { unlimited } from './network-contract/facts.ts';
export { mostAssignments } from './parse/parse-egress-ipam.ts';
export { isNodeLeaving } from './parse/parse-node.ts';
export type {
  AdoptableBinding,
  FactsReader,
  NetworkBackend,
  Rendering,
  SimulatedNetwork,
} from './network-contract/backend.ts';
export type {
  AssignmentDecision,
  ClaimDecision,
  EgressIPAMDecision,
  NetworkDecisions,
  NodeStanding,
  StepOrder,
} from './network-contract/decisions.ts';
export type {
  AddressUse,
  BindingFacts,
  Claimant,
  ClusterNetwork,
  HostedAddress,
  HostedAddresses,
  HostFacts,
  HostingState,
  NetworkFacts,
  NetworkObstacle,
  NetworkPlatform,
  NetworkView,
  NodeCapacity,
  NodeFacts,
  ReservedRange,
} from './network-contract/facts.ts';
export type { Destinations, FamilyDestinations } from './network-contract/destinations.ts';
export { type NamespaceCount } from './network-contract/namespace-counts.ts';
export { defaultPodsPerNamespace, type NetworkTable, type TableUser } from './network-contract/network-table.ts';
export type { NetworkKind, Verb } from './network-contract/kind.ts';
export type { ResourceReference } from './kubernetes/resource-reference.ts';
export type { KubernetesWrite } from './kubernetes/kubernetes-write.ts';
export type { NetworkDecision } from './decide/decide-network.ts';
export type { UnassignedGuard } from './network-contract/unassigned-guard.ts';
export type { Certainty, ClusterEvidence, Recognition, ServedKind } from './network-contract/recognition.ts';
export type {
  AnnotateStep,
  AttachmentStep,
  FinalizerStep,
  InterfaceStep,
  MoveStep,
  NetworkStep,
  Precondition,
  RememberStep,
  Step,
  StepEffects,
} from './network-contract/step.ts';
export type { NetworkTraits, PlacementMode, PlacementSubject } from './network-contract/traits.ts';

// The provider contract.
export { mergeResults } from './provider-contract/merge-results.ts';
export { ProviderError, providerErrorClasses } from './provider-contract/provider-error.ts';
export { describeProvider } from './provider-contract/describe-provider.ts';
export { stackedName, stackProviders } from './provider-contract/stack-providers.ts';
export { decideProvider } from './decide/decide-provider.ts';
export type * from './provider-contract/cluster-objects.ts';
export type * from './provider-contract/contract.ts';
export type * from './provider-contract/observation.ts';
export type * from './provider-contract/platform-in-objects.ts';
export type { ProviderDecision, ProviderFacts } from './decide/decide-provider.ts';
export type * from './provider-contract/factory.ts';
export type { ProviderErrorClass, ProviderErrorDescription } from './provider-contract/provider-error.ts';
