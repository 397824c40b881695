import {
  ProviderError,
  type CloudProvider,
  type ProviderContext,
  type ProviderErrorDescription,
  type ProviderObservation,
} from '@egressip-ipam/core';
import { abortable } from './calls/abortable.ts';
import { apply } from './apply/apply.ts';
import { createCarryOut } from './apply/carry-out.ts';
import { createInterfaceLanes } from './apply/interface-lanes.ts';
import { createLooker } from './apply/looker.ts';
import { systemClock, type Clock } from './calls/clock.ts';
import { subnetReferences } from './cluster/machine-sets.ts';
import { description } from './description.ts';
import { createClientSource, type CreateClient } from './ec2/client-source.ts';
import { createEc2Api } from './ec2/ec2-api.ts';
import { createTokenBucket } from './ec2/token-bucket.ts';
import { createInstanceTypes } from './instance-types/instance-types.ts';
import { createInterfaceStore } from './observe/interface-store.ts';
import { createMachines } from './observe/machines.ts';
import { observe } from './observe/observe.ts';
import { createSubnets } from './observe/subnets.ts';

/** What tests put in place of the world. */
export interface AwsProviderOverrides {
  /** Makes the EC2 client from the provider's configuration. */
  readonly createClient?: CreateClient;
  readonly clock?: Clock;
}

/** A look waits this long for changes under way, so that it sees many. */
const shortestPatience = 2_000;
/** With a budget of calls: long enough that looks take at most a tenth of it. */
const patienceInCalls = 10;

/**
 * The provider for AWS: egress addresses are secondary private addresses of the main
 * network interface of each node's EC2 instance. Makes no call before it is asked
 * for something.
 */
export function createAwsProvider(
  context: ProviderContext,
  { createClient, clock = systemClock }: AwsProviderOverrides = {},
): CloudProvider {
  const bucket = createTokenBucket(context.callsPerSecond, clock);
  const clients = createClientSource(context, { bucket, clock, onCall: context.onCall }, createClient);
  const api = createEc2Api(() => clients.current());
  const store = createInterfaceStore();
  const machines = createMachines(api, clock);
  const patience = Math.max(
    shortestPatience,
    context.callsPerSecond === undefined || context.callsPerSecond <= 0
      ? 0
      : (patienceInCalls * 1000) / context.callsPerSecond,
  );
  const looker = createLooker({ api, clock, store, patience });
  const closing = new AbortController();
  const lanes = createInterfaceLanes(createCarryOut({ api, looker, clock, store, closed: closing.signal }));
  const observer = {
    api,
    clock,
    machines,
    store,
    subnets: createSubnets(api, clock),
    instanceTypes: createInstanceTypes(api, clock),
    references: () => subnetReferences(context.objects),
  };

  return {
    ...description,
    async observe({ nodes, cidrs, signal }) {
      signal.throwIfAborted();
      const observation = await abortable(observe(observer, { nodes, cidrs }), signal);
      const refused = refusal(observation);
      if (refused !== undefined) throw new ProviderError(refused);
      return observation;
    },
    apply: (options) => apply({ machines, lanes, looker }, options),
    async close() {
      closing.abort();
      clients.close();
    },
  };
}

/** The error that all nodes and CIDRs share because the credentials allow nothing. */
function refusal({ nodes, cidrs }: ProviderObservation): ProviderErrorDescription | undefined {
  const errors = [...nodes, ...cidrs].map((entry) => ('error' in entry ? entry.error : undefined));
  return errors.every((error) => error?.class === 'unauthorized') ? errors[0] : undefined;
}
