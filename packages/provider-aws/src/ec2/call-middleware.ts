import type { EC2Client, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-ec2';
import type { ProviderContext } from '@egressip-ipam/core';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import type { Clock } from '../calls/clock.ts';
import { errorCode } from './errors.ts';
import type { TokenBucket } from './token-bucket.ts';

/** What every call passes. */
export interface CallWatch {
  readonly bucket: TokenBucket;
  readonly clock: Clock;
  readonly onCall: ProviderContext['onCall'];
}

/**
 * Makes every request of a client wait for its turn and be counted: inside of the SDK's retries, so that those count
 * too.
 */
export function watchCalls(client: EC2Client, { bucket, clock, onCall }: CallWatch): void {
  const watch: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> =
    (next, context) => async (request) => {
      await bucket.take();
      const operation = (context.commandName ?? 'Unknown').replace(/Command$/, '');
      const startedAt = clock.now();
      const elapsed = (): number => clock.now() - startedAt;
      try {
        const answer = await next(request);
        onCall?.({ operation, durationMilliseconds: elapsed() });
        return answer;
      } catch (error) {
        onCall?.({ operation, errorCode: errorCode(error), durationMilliseconds: elapsed() });
        throw error;
      }
    };
  client.middlewareStack.addRelativeTo(watch, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'egressIpamCalls',
  });
}
