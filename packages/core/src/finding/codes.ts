/**
 * Stable codes of core's own findings. They never change their meaning; new ones may come.
 * Each is explained in docs/findings.md.
 */
export type CoreFindingCode =
  // EgressIPAM
  | 'InvalidCIDR'
  | 'CIDRNotMasked'
  | 'InvalidReservedIP'
  | 'ReservedIPOutsideCIDR'
  | 'InvalidSelector'
  | 'InvalidCoolDown'
  | 'InvalidDestination'
  | 'ExclusionWithoutEffect'
  | 'DestinationsNotSupported'
  | 'NameTooLong'
  | 'DuplicateCIDR'
  | 'OverlappingCIDR'
  | 'OverlappingNodes'
  | 'NoCIDRAssignments'
  | 'TooManyEntries'
  | 'NoNodes'
  | 'CIDRNotHostable'
  | 'CIDRPartlyHostable'
  | 'UnusableCIDR'
  | 'MeetsClusterNetwork'
  | 'CapacityExhausted'
  | 'AddressesExhausted'
  | 'TooManyCooling'
  | 'NoSpareCapacity'
  | 'TopologyNotEnforceable'
  // Namespace
  | 'NotCarried'
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
  | 'WaitingForTurn'
  | 'AddressNotHostable'
  | 'TeamLimitReached'
  | 'TooManyChanges'
  | 'WaitingForProvider'
  | 'WaitingForSync'
  | 'AddressNotPlaced'
  | 'AddressOutOfPool'
  | 'AddressConflict'
  | 'IgnoredEgressIPs'
  | 'NotAdopted'
  // Objects
  | 'InvalidObject'
  | 'InvalidNodeAnnotation'
  | 'OwnershipUnproven'
  | 'NetworkDrift'
  | 'ForeignHostedAddress'
  | 'ProviderError'
  | 'AttachmentFailed';

/**
 * A finding's code: one of core's, or one that a network back end brings. Branch on those you know, and let the others
 * pass.
 */
export type FindingCode = CoreFindingCode | (string & Record<never, never>);
