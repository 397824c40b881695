import type { ProviderErrorClass, ProviderErrorDescription } from '@egressip-ipam/core';

/** An error of this provider. */
export function failure(errorClass: ProviderErrorClass, message: string): ProviderErrorDescription {
  return { class: errorClass, message };
}
