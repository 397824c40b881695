import type { Plan } from '@egressip-ipam/core';

/** Something that carries out steps of plans. */
export interface StepRunner {
  /** How many steps are being carried out. */
  readonly underWay: number;
  /** Whether others wait for their turn. */
  readonly isBehind: boolean;
  take(plan: Plan): void;
  /** Something changed that no step of the newest plan has. */
  outdate?(): void;
  /** A kind can be read again: what of it could not be written is tried at once. */
  resumed?(kind: string): void;
  stop(): Promise<void>;
}
