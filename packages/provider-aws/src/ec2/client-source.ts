import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { ProviderContext } from '@egressip-ipam/core';
import { readSecret } from '../cluster/credentials-secret.ts';
import { locationOf } from '../cluster/location.ts';
import { createCredentials } from '../credentials/credential-chain.ts';
import { watchCalls, type CallWatch } from './call-middleware.ts';

/** The client to call EC2 with. */
export interface ClientSource {
  /** A client with the credentials as they are now: a new one when the secret changed. */
  current(): EC2Client;
  close(): void;
}

/** Makes a client; the SDK's own class where a test does not bring another. */
export type CreateClient = (configuration: EC2ClientConfig) => EC2Client;

/**
 * A connection, then an answer, must come within this time: pages of a thousand take EC2 some seconds, and a lost
 * answer holds up its interface so long.
 */
const connectionTimeout = 5_000;
const requestTimeout = 15_000;
/** The first try and three more, the SDK's adaptive back-off between them. */
const maximumAttempts = 4;

/**
 * Builds clients from a context. Region and endpoint that neither it nor the cluster gives are
 * the SDK's to find: environment, shared configuration, instance metadata.
 */
export function createClientSource(
  context: ProviderContext,
  watch: CallWatch,
  createClient: CreateClient = (configuration) => new EC2Client(configuration),
): ClientSource {
  let made: { readonly client: EC2Client; readonly secret: string } | undefined;
  return {
    current() {
      const secret = readSecret(context.objects);
      const text = JSON.stringify(secret ?? null);
      if (made?.secret === text) return made.client;
      const client = createClient({
        ...locationOf(context),
        credentials: createCredentials(secret),
        retryMode: 'adaptive',
        maxAttempts: maximumAttempts,
        // The connections outlive a change of credentials, and so do calls under way.
        requestHandler: made?.client.config.requestHandler ?? {
          connectionTimeout,
          requestTimeout,
          throwOnRequestTimeout: true,
        },
        customUserAgent: 'egressip-ipam',
      });
      watchCalls(client, watch);
      made = { client, secret: text };
      return client;
    },
    close() {
      made?.client.destroy();
    },
  };
}
