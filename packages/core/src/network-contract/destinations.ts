/** Destinations of one family, as canonical CIDRs, sorted. */
export interface FamilyDestinations {
  /** Never empty. */
  readonly included: readonly string[];
  /** Parts of what is included. */
  readonly excluded: readonly string[];
}

/**
 * Where to traffic leaves by the addresses of an EgressIPAM: of all entries that contain a destination the longest
 * decides.
 */
export type Destinations = Readonly<Record<4 | 6, FamilyDestinations>>;
