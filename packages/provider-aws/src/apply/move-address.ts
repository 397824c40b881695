import type { InterfaceLanes } from './interface-lanes.ts';
import type { Looker } from './looker.ts';
import type { Outcome, Task } from './task.ts';

/** What a move works with. */
export interface Mover {
  readonly lanes: InterfaceLanes;
  readonly looker: Looker;
}

/**
 * Moves an address from one of our interfaces to another. The address is taken
 * (`AllowReassignment`) only where a look right before shows it on the source, so that
 * nothing is ever taken from a stranger: if it is nowhere, it is attached; if a stranger
 * has it, that attachment is refused. IPv6 has no `AllowReassignment`
 * (EC2 API Reference, AssignIpv6Addresses), so that such a move is a detach and an attach.
 *
 * @param source the source's interface; undefined when its instance is gone
 */
export async function moveAddress(
  { lanes, looker }: Mover,
  target: Omit<Task, 'kind'>,
  source: string | undefined,
): Promise<Outcome> {
  const attach: Task = { ...target, kind: 'attach' };
  if (source === undefined || source === target.interfaceId) return lanes.submit(attach);
  const seen = await looker.look([target.interfaceId, source]);
  const carried = seen.get(source)?.addresses.find(({ address }) => address === target.address);
  if (carried === undefined) return lanes.submit(attach);
  if (carried.primary)
    return {
      class: 'permanent',
      message: `${target.address} is the primary address of interface ${source} and stays there; choose another address`,
    };
  if (target.family === 4) return lanes.submit({ ...target, kind: 'reassign', fromInterfaceId: source });
  return (await lanes.submit({ ...target, interfaceId: source, kind: 'detach' })) ?? lanes.submit(attach);
}
