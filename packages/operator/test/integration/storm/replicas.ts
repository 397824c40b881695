import { asRecord } from '@egressip-ipam/core/plugin';
import { leases } from '@egressip-ipam/kube';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ClusterObjects } from '../support/cluster-objects.ts';
import { spawnOperator, spawnProgram, type OperatorProcess } from '../support/operator-process.ts';

const namespace = 'default';
const flags = [
  '--leader-elect',
  '--namespace',
  namespace,
  '--leader-elect-lease-duration',
  '4',
  '--leader-elect-renew-deadline',
  '2',
  '--leader-elect-retry-period',
  '1',
];
/** The command line of another build, such as an older one: every other replica is of it. */
const otherBuild = process.env['STORM_OTHER'];
const poll = { timeout: 120_000, interval: 50 };

/** How a leader comes to lead no more; by turns. */
export const changesOfLeader = ['SIGKILL', 'SIGSTOP', 'SIGKILL', 'SIGTERM'] as const;
type ChangeOfLeader = (typeof changesOfLeader)[number];

/** Three operators in processes of their own, of which one leads. */
export class Replicas {
  readonly #objects: ClusterObjects;
  readonly #kubeconfig: string;
  readonly #started: OperatorProcess[] = [];
  readonly #running: OperatorProcess[];

  constructor(objects: ClusterObjects, kubeconfig: string) {
    this.#objects = objects;
    this.#kubeconfig = kubeconfig;
    this.#running = [this.#start(), this.#start(), this.#start()];
  }

  /** What all of them said, each behind the number of its process. */
  get log(): string {
    return this.#started.map(({ child, lines }) => [`process ${child.pid}`, ...lines].join('\n')).join('\n');
  }

  /** Exceptions that any of them did not expect. */
  get exceptions(): readonly string[] {
    return this.#started.flatMap(({ lines }) => lines.filter((line) => /uncaught|unhandled/i.test(line)));
  }

  /** Kills the leader, stops it past the end of its Lease, or has it end; another leads then. */
  async changeLeader(way: ChangeOfLeader, random: () => number): Promise<void> {
    const holder = await this.#planningHolder();
    const leader = this.#running.find((one) => isHeldBy(holder, one));
    if (leader === undefined) throw new Error(`${holder} is none of ours`);
    await wait(random() * 1_500);
    leader.child.kill(way);
    if (way === 'SIGSTOP')
      return this.#isAnother(holder)
        .then(() => wait(random() * 500))
        .finally(() => leader.child.kill('SIGCONT'));
    await leader.ended;
    this.#running[this.#running.indexOf(leader)] = this.#start();
    await this.#isAnother(holder);
  }

  async stop(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
  }

  #start(): OperatorProcess {
    const isOther = otherBuild !== undefined && this.#started.length % 2 === 1;
    const operator = isOther
      ? spawnProgram(otherBuild, this.#kubeconfig, ...flags)
      : spawnOperator(this.#kubeconfig, ...flags);
    this.#started.push(operator);
    return operator;
  }

  /** Who leads and has read everything. */
  async #planningHolder(): Promise<string> {
    let holder = '';
    await expect
      .poll(async () => {
        holder = await this.#holder();
        const leader = this.#running.find((one) => isHeldBy(holder, one));
        return leader?.lines.some((line) => line.includes('planning begins'));
      }, poll)
      .toBe(true);
    return holder;
  }

  async #isAnother(holder: string): Promise<void> {
    await expect.poll(async () => ['', holder].includes(await this.#holder()), poll).toBe(false);
  }

  async #holder(): Promise<string> {
    const lease = await this.#objects
      .client(leases)
      .get({ name: 'egressip-ipam-operator', namespace })
      .catch(() => undefined);
    const { holderIdentity } = asRecord(lease?.['spec']);
    return typeof holderIdentity === 'string' ? holderIdentity : '';
  }
}

function isHeldBy(holder: string, { child }: OperatorProcess): boolean {
  return holder.includes(`_${child.pid}-`);
}
