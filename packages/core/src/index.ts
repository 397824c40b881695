export { ProviderError } from './provider/provider-error.ts';
export type { Address } from './address/address.ts';
export type { Finding, FindingSeverity, ObjectReference } from './finding/finding.ts';
export type { FindingCode } from './finding/codes.ts';
export type * from './snapshot/snapshot.ts';
export type * from './plan/step.ts';
export type * from './plan/plan-types.ts';
export type * from './provider/contract.ts';
export type { ProviderErrorClass, ProviderErrorDescription } from './provider/provider-error.ts';
