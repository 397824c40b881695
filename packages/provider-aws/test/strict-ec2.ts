import {
  DeleteNetworkInterfaceCommand,
  EC2Client,
  TerminateInstancesCommand,
  type EC2ClientConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import type { Ec2Node, StrictEc2 } from '@egressip-ipam/sandbox';
import type { ProviderContext } from '@egressip-ipam/core';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import { createAwsProvider } from '../src/create-aws-provider.ts';
import { fastClock } from './fast-clock.ts';

/** Attempts that the clients of these tests make. */
export const attempts = 3;

/** Where these tests' calls go, and with what they are signed. */
const world = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** Called before an attempt is sent, with what it asks for; until then no other attempt is under way. */
export type BeforeAttempt = (input: string) => void;

/** How a {@link strictProvider} differs. */
export interface StrictProviderOptions {
  readonly context?: ProviderContext;
  readonly before?: BeforeAttempt;
  /** How many times faster time passes. Real time where calls are counted: moto takes its own for each. */
  readonly speed?: number;
  /** Milliseconds that an answer may take. */
  readonly requestTimeout?: number;
}

/** A provider on the strict EC2: the real client, which tries again at once. */
export function strictProvider(
  ec2: StrictEc2,
  { context = {}, before, speed = 10, requestTimeout = 20_000 }: StrictProviderOptions = {},
) {
  const clock = fastClock(speed);
  const createClient = (configuration: EC2ClientConfig): EC2Client => {
    const client = new EC2Client({
      ...configuration,
      credentials: world.credentials,
      retryStrategy: new ConfiguredRetryStrategy(attempts, 0),
      requestHandler: { requestTimeout, throwOnRequestTimeout: true },
    });
    if (before !== undefined) oneAtATime(client, before);
    return client;
  };
  return {
    clock,
    provider: createAwsProvider({ region: world.region, endpoint: ec2.url, ...context }, { createClient, clock }),
  };
}

/** Sends one attempt after the other, so that a fault made right before an attempt meets that one. */
function oneAtATime(client: EC2Client, before: BeforeAttempt): void {
  let last: Promise<unknown> = Promise.resolve();
  const middleware: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (request) => {
    const sent = last.then(() => {
      before(JSON.stringify(request.input));
      return next(request);
    });
    last = sent.catch(() => undefined);
    return sent;
  };
  client.middlewareStack.addRelativeTo(middleware, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'oneAtATime',
  });
}

/**
 * Takes an instance away, past the strict layer; moto leaves the interface of a terminated instance behind, EC2 does
 * not.
 */
export async function terminate(
  ec2: StrictEc2,
  { instanceId, networkInterfaceId }: Pick<Ec2Node, 'instanceId' | 'networkInterfaceId'>,
): Promise<void> {
  const client = new EC2Client({ ...world, endpoint: ec2.motoUrl });
  await client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: networkInterfaceId }));
  client.destroy();
}
