import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that it is never taken for another one: those of other machines and containers have other scopes. */
interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in clock ticks since the machine started. */
  readonly start: string;
  /** The boot of the machine, and the process namespace in which `pid` counts. */
  readonly scope: string;
}

/** `HOST_RANDOM_PID-START-SCOPE`; without the last part where the system does not tell (elsewhere than on Linux). */
const pattern = /_(?<pid>\d+)-(?<start>\d+)-(?<scope>[0-9a-f]{12})$/;

/**
 * What a Lease calls this process: unlike any other holder, and on Linux such that {@link isGone} can tell from it
 * whether this process still lives.
 */
export function ownIdentity(): string {
  const scope = ownScope();
  const start = startOf(process.pid);
  const proof = scope === undefined || typeof start !== 'string' ? '' : `_${process.pid}-${start}-${scope}`;
  return `${hostname()}_${randomBytes(6).toString('hex')}${proof}`;
}

/**
 * Whether the holder of a Lease is proved to live no more: a process of this machine, in the same process namespace,
 * that is not there. False where it lives, and where that cannot be told.
 */
export function isGone(identity: string): boolean {
  const holder = parseIdentity(identity);
  if (holder === undefined || holder.scope !== ownScope() || !identity.startsWith(`${hostname()}_`)) return false;
  const start = startOf(holder.pid);
  return start === 'gone' || (start !== undefined && start !== holder.start);
}

function parseIdentity(identity: string): ProcessIdentity | undefined {
  const { pid, start, scope } = pattern.exec(identity)?.groups ?? {};
  return pid === undefined || start === undefined || scope === undefined
    ? undefined
    : { pid: Number(pid), start, scope };
}

function ownScope(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return createHash('sha256')
      .update(`${boot} ${readlinkSync('/proc/self/ns/pid')}`)
      .digest('hex')
      .slice(0, 12);
  } catch {
    return undefined;
  }
}

/** When a process began; `gone` where there is none, undefined where that is not told. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may have spaces and brackets: the state, and as the twentieth the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19];
  } catch {
    return isThere(pid) ? undefined : 'gone';
  }
}

/** The files of a process may be hidden from other users; that it is there is not. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
