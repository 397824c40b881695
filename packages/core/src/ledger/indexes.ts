/** An address, as the ledger counts them. */
export type Slot = number & { readonly [slotBrand]: true };
/** A node, as the table of nodes counts them. */
export type NodeIndex = number & { readonly [nodeBrand]: true };
/** An address that an object hosts, as the list of all of these counts them. */
export type HostedIndex = number & { readonly [hostedBrand]: true };
/** A claim, as the list of claims counts them. */
export type ClaimIndex = number & { readonly [claimBrand]: true };
/** A release of addresses that cool down, as one plan counts them. */
export type ReleaseIndex = number & { readonly [releaseBrand]: true };

declare const slotBrand: unique symbol;
declare const nodeBrand: unique symbol;
declare const hostedBrand: unique symbol;
declare const claimBrand: unique symbol;
declare const releaseBrand: unique symbol;
