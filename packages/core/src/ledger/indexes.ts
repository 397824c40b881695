/** An address, as the ledger counts them. */
export type Slot = number & { readonly [slotBrand]: true };
/** A node, as the table of nodes counts them. */
export type NodeIndex = number & { readonly [nodeBrand]: true };
/** A claim, as the list of claims counts them. */
export type ClaimIndex = number & { readonly [claimBrand]: true };

declare const slotBrand: unique symbol;
declare const nodeBrand: unique symbol;
declare const claimBrand: unique symbol;
