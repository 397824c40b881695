import type { TestOptions } from 'vitest';

/** Why a suite or a test did not run, for the reporter that tells. */
declare module 'vitest' {
  interface TaskMeta {
    skippedFor?: string;
  }
}

/**
 * Options of a suite or a test that does not run where something is missing. The reporter `skips.ts` tells why.
 *
 * @param isMissing whether it cannot run here
 * @param reason what is missing and how to get it, in one line
 */
export const unless = (isMissing: boolean, reason: string): TestOptions =>
  isMissing ? { skip: true, meta: { skippedFor: reason } } : {};

/** Reasons that several suites have. */
export const noMoto = 'the EC2 emulator moto is not there: pip install "moto[ec2,server]"';
export const noRealServer = 'kube-apiserver and etcd are not there: name their folder in KUBEBUILDER_ASSETS';
export const onlyLinux = 'only Linux tells whether a process of a number is still the same';
