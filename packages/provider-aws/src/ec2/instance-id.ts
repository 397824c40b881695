import type { ProviderErrorDescription, ProviderNode } from '@egressip-ipam/core';

/** What a node's `spec.providerID` says about its instance. */
export type InstanceIdReading = { readonly instanceId: string } | { readonly error: ProviderErrorDescription };

/**
 * `aws:///ZONE/INSTANCE`, `aws:////INSTANCE`, `aws:///INSTANCE` and `aws://ZONE/INSTANCE`:
 * what the AWS cloud provider of Kubernetes writes and reads (kubernetes/cloud-provider-aws,
 * pkg/providers/v1/instances.go, `MapToAWSInstanceID`). An instance's ID has 8 or 17
 * hexadecimal digits (EC2 User Guide, "Resource IDs").
 */
const providerIDPattern = /^aws:\/\/(?:\/?[a-z0-9-]+)?\/{1,2}(i-(?:[0-9a-f]{8}|[0-9a-f]{17}))$/;

/** Reads the instance's ID of a node; anything else is an error of that node alone. */
export function readInstanceId({ name, providerID }: ProviderNode): InstanceIdReading {
  if (providerID === undefined || providerID === '') {
    return {
      error: {
        class: 'not-found',
        message: `node ${name} has no spec.providerID yet; the cloud controller manager sets it`,
      },
    };
  }
  const instanceId = providerIDPattern.exec(providerID)?.[1];
  if (instanceId !== undefined) return { instanceId };
  return {
    error: {
      class: 'not-found',
      message: `node ${name} has spec.providerID "${providerID}", which names no EC2 instance; expected is aws:///ZONE/i-0123456789abcdef0`,
    },
  };
}
