import { spawn } from 'node:child_process';
import type { Clock } from '@egressip-ipam/kube';
import { eachLine } from './each-line.ts';
import { paced } from './paced.ts';

/** Ends a watch. */
export interface KernelWatch {
  stop(): void;
}

const pause = 1_000;
/** Milliseconds at least between two calls. */
const pace = 100;

/**
 * Calls back when an address is taken off an interface or an interface changes. What is added does not count: most of
 * it is the agent's own renewal of lifetimes. `ip monitor` is started anew when it ends.
 */
export function watchKernel(
  onChange: () => void,
  onEnd: (reason: string) => void,
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>,
): KernelWatch {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ReturnType<typeof start> | undefined;
  const changed = paced(() => isStopped || onChange(), pace, clock);
  function start() {
    const monitor = spawn('ip', ['-o', 'monitor', 'address', 'link'], { stdio: ['pipe', 'pipe', 'ignore'] });
    eachLine(monitor.stdout, (line) => {
      if (line.startsWith('Deleted') || !/^\d+: \S+ +inet6? /.test(line)) changed();
    });
    monitor
      .once('error', () => undefined)
      .once('close', (code) => {
        if (isStopped) return;
        onEnd(`ip monitor ended with ${code}`);
        timer = setTimeout(() => {
          child = start();
          // What happened meanwhile was not seen.
          changed();
        }, pause);
      });
    return monitor;
  }
  child = start();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      child?.kill('SIGKILL');
    },
  };
}
