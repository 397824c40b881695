import type { Instance } from '@aws-sdk/client-ec2';
import { ProviderError, type ProviderErrorDescription } from '@egressip-ipam/core';
import { createBatcher } from '../calls/batcher.ts';
import type { Clock } from '../calls/clock.ts';
import type { Ec2Api } from '../ec2/ec2-api.ts';
import { isMain } from '../ec2/interface-facts.ts';

/** What does not change while an instance runs. */
export interface Machine {
  readonly instanceId: string;
  readonly type: string;
  readonly vpcId: string;
  /** Subnet of the main interface. */
  readonly subnetId: string;
  /** The main interface. */
  readonly interfaceId: string;
}

/** A machine, or why it could not be found; `gone` where EC2 itself says that it was terminated. */
export type MachineReading = Machine | { readonly error: ProviderErrorDescription; readonly gone?: boolean };

/** Finds instances. */
export interface Machines {
  /**
   * An entry for every instance asked for; never throws. Asks EC2 only for those that it has not seen, or not since
   * they started anew: `bootIDs`, by instance, tell of all that are of interest.
   */
  find(
    instanceIds: readonly string[],
    bootIDs?: ReadonlyMap<string, string | undefined>,
  ): Promise<ReadonlyMap<string, MachineReading>>;
  /** The machine is not what it was: ask again next time. */
  forget(instanceId: string): void;
}

/** A stopped instance can be given another type: where nothing tells when it started, what is older is read again. */
const maximumAge = 3_600_000;
/**
 * An instance that EC2 does not know may be too new for it; the longer it is absent, the more seldom it is asked for.
 */
const shortestAbsence = 15_000;
const longestAbsence = 900_000;

/** Remembers instances, and makes one question of all that is asked for at a time. */
export function createMachines(api: Ec2Api, clock: Clock): Machines {
  const known = new Map<string, { readonly reading: MachineReading; readonly age: number; readonly until: number }>();
  let boots: ReadonlyMap<string, string | undefined> = new Map();

  const ageOf = (id: string, reading: MachineReading): number => {
    const before = known.get(id);
    if (!('error' in reading)) return boots.get(id) === undefined ? maximumAge : Infinity;
    return before !== undefined && 'error' in before.reading
      ? Math.min(4 * before.age, longestAbsence)
      : shortestAbsence;
  };

  const load = createBatcher<MachineReading>(async (ids) => {
    try {
      const shown = new Map((await api.describeInstances(ids)).map((instance) => [instance.InstanceId, instance]));
      const now = clock.now();
      const readings = ids.map((id) => [id, readInstance(id, shown.get(id))] as const);
      for (const [id, { until }] of known) if (until + longestAbsence <= now) known.delete(id);
      for (const [id, reading] of readings) {
        const age = ageOf(id, reading);
        known.set(id, { reading, age, until: now + age });
      }
      return new Map(readings);
    } catch (error) {
      if (!ProviderError.isInstance(error)) throw error;
      // What was a machine an hour ago still is one until EC2 says otherwise.
      return new Map(ids.map((id) => [id, machineOf(known.get(id)?.reading) ?? { error: error.description }]));
    }
  });

  return {
    async find(ids, bootIDs) {
      if (bootIDs !== undefined) {
        for (const id of known.keys()) if (bootIDs.get(id) !== boots.get(id)) known.delete(id);
        boots = bootIDs;
      }
      const now = clock.now();
      const fresh = new Map(
        ids.flatMap((id) => {
          const entry = known.get(id);
          return entry !== undefined && entry.until > now ? [[id, entry.reading] as const] : [];
        }),
      );
      const loaded = await load(ids.filter((id) => !fresh.has(id)));
      return new Map(ids.map((id) => [id, fresh.get(id) ?? loaded.get(id) ?? { error: notFound(id) }]));
    },
    forget: (id) => void known.delete(id),
  };
}

function machineOf(reading: MachineReading | undefined): Machine | undefined {
  return reading === undefined || 'error' in reading ? undefined : reading;
}

function readInstance(instanceId: string, instance: Instance | undefined): MachineReading {
  const main = instance?.NetworkInterfaces?.find(({ Attachment }) => isMain(Attachment));
  const { NetworkInterfaceId: interfaceId, SubnetId: subnetId, VpcId: vpcId } = main ?? {};
  if (instance === undefined || interfaceId === undefined || subnetId === undefined || vpcId === undefined) {
    return { error: notFound(instanceId, instance?.State?.Name), gone: instance !== undefined };
  }
  return { instanceId, interfaceId, subnetId, vpcId, type: instance.InstanceType ?? 'unknown' };
}

function notFound(instanceId: string, state?: string): ProviderErrorDescription {
  const what =
    state === undefined ? 'is not known to EC2 in this region and account' : `is ${state} and has no main interface`;
  return {
    class: 'not-found',
    code: 'InvalidInstanceID.NotFound',
    message: `instance ${instanceId} ${what}; check the node's spec.providerID and the provider's region`,
  };
}
