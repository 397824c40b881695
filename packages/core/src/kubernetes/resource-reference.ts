/** Where the API server serves a kind. */
export interface ResourceReference {
  /** The empty text for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}
