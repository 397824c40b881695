import { systemClock, type Clock } from '@egressip-ipam/kube';

/** The system's clock, with the machine's own monotonic time, which one life of the agent can tell the next. */
export const machineClock: Clock = { ...systemClock, monotonic: () => Number(process.hrtime.bigint()) / 1e6 };
