import {
  formatAddress,
  parseAddress,
  ProviderError,
  type ApplyOptions,
  type ProviderChange,
  type ProviderChangeResult,
  type ProviderNode,
} from '@egressip-ipam/core';
import { abortable } from '../calls/abortable.ts';
import { readInstanceId } from '../ec2/instance-id.ts';
import type { MachineReading, Machines } from '../observe/machines.ts';
import type { InterfaceLanes } from './interface-lanes.ts';
import type { Looker } from './looker.ts';
import { moveAddress } from './move-address.ts';
import { cutShort, familyOfText, type Outcome } from './task.ts';

/** What applying changes works with. */
export interface Applier {
  readonly machines: Machines;
  readonly lanes: InterfaceLanes;
  readonly looker: Looker;
}

/** Carries out changes, all at once; each has its own result. Never rejects for a reason of EC2's. */
export async function apply(
  applier: Applier,
  { changes, signal }: ApplyOptions,
): Promise<readonly ProviderChangeResult[]> {
  return Promise.all(
    changes.map(async (change): Promise<ProviderChangeResult> => {
      const error = await outcomeOf(applier, change, signal);
      return error === undefined ? { change, outcome: 'done' } : { change, outcome: 'failed', error };
    }),
  );
}

async function outcomeOf(applier: Applier, change: ProviderChange, signal: AbortSignal): Promise<Outcome> {
  try {
    signal.throwIfAborted();
    return await abortable(carryOut(applier, change, signal), signal);
  } catch (error) {
    if (signal.aborted) return cutShort(`${change.type} of ${change.address} (node ${change.node.name})`);
    if (ProviderError.isInstance(error)) return error.description;
    throw error;
  }
}

async function carryOut(
  { machines, lanes, looker }: Applier,
  change: ProviderChange,
  signal: AbortSignal,
): Promise<Outcome> {
  const value = parseAddress(change.address);
  if (value === undefined)
    return { class: 'permanent', message: `"${change.address}" is not an address; write it like 10.0.0.5` };
  const address = formatAddress(value);
  const [machine, from] = await Promise.all([
    findMachine(machines, change.node),
    change.type === 'move' ? findMachine(machines, change.from) : undefined,
  ]);
  if ('error' in machine) return change.type === 'detach' && machine.gone === true ? undefined : machine.error;
  const task = { address, family: familyOfText(address), interfaceId: machine.interfaceId, signal };
  if (change.type !== 'move') return lanes.submit({ ...task, kind: change.type });
  // A source that is gone carries nothing; one that cannot be read must not be passed over.
  if (from !== undefined && 'error' in from && from.error.class !== 'not-found') return from.error;
  return moveAddress({ lanes, looker }, task, from === undefined || 'error' in from ? undefined : from.interfaceId);
}

async function findMachine(machines: Machines, node: ProviderNode): Promise<MachineReading> {
  const reading = readInstanceId(node);
  if ('error' in reading) return reading;
  return (
    (await machines.find([reading.instanceId])).get(reading.instanceId) ?? {
      error: { class: 'not-found', message: `node ${node.name} has no instance` },
    }
  );
}
