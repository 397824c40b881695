/**
 * Stable codes of findings. They never change their meaning; new ones may come.
 * Each is explained in docs/findings.md.
 */
export type FindingCode =
  // EgressIPAM
  | 'InvalidCIDR'
  | 'CIDRNotMasked'
  | 'InvalidReservedIP'
  | 'ReservedIPOutsideCIDR'
  | 'InvalidSelector'
  | 'InvalidCoolDown'
  | 'DuplicateCIDR'
  | 'OverlappingCIDR'
  | 'OverlappingNodes'
  | 'NoCIDRAssignments'
  | 'NoNodes'
  | 'CIDRNotHostable'
  | 'CapacityExhausted'
  | 'AddressesExhausted'
  | 'NoSpareCapacity'
  | 'TopologyNotEnforceable'
  // Namespace
  | 'EgressIPAMNotFound'
  | 'NamespaceNotAllowed'
  | 'InvalidAddress'
  | 'WrongAddressCount'
  | 'AddressOutsideCIDR'
  | 'AddressReserved'
  | 'AddressInUse'
  | 'DuplicateAddress'
  | 'WaitingForAddress'
  | 'WaitingForCapacity'
  | 'WaitingForNodes'
  | 'WaitingForProvider'
  | 'WaitingForSync'
  | 'AddressNotPlaced'
  | 'AddressOutOfPool'
  | 'AddressConflict'
  | 'IgnoredEgressIPs'
  // OVN-Kubernetes
  | 'Unassigned'
  | 'PartiallyAssigned'
  | 'EgressIPConflict'
  | 'OverlappingEgressIP'
  | 'NotAdopted'
  // Objects
  | 'InvalidObject'
  | 'InvalidNodeAnnotation'
  | 'NetworkDrift'
  | 'ForeignHostedAddress'
  | 'ProviderError'
  | 'AttachmentFailed';
