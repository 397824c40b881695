import { describe, expect, it } from 'vitest';
import type { WriteStep } from '../executor/write-step.ts';
import { FailedWrites } from './failed-writes.ts';

describe('writes that fail', () => {
  const make = (): { readonly writes: FailedWrites; readonly told: string[] } => {
    const told: string[] = [];
    const tell =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
        void told.push(`${level} ${message} ${String(fields['object'])}`);
    const log = { debug: () => undefined, info: tell('info'), warn: tell('warn'), error: tell('error') };
    return { writes: new FailedWrites(log), told };
  };
  const stepOf = (name: string): WriteStep => ({ object: { kind: 'Namespace', name } }) as WriteStep;
  const [team, shop] = [stepOf('team'), stepOf('shop')];

  it('are told once per object and reason, and once that they came through', () => {
    const { writes, told } = make();
    for (let count = 0; count < 100; count += 1)
      for (const step of [team, shop]) writes.failed(step, new Error('forbidden'), 5);
    writes.failed(team, new Error('no answer'), 30_000);
    for (let count = 0; count < 2; count += 1) writes.done(team);
    expect(told).toEqual([
      'warn a write failed Namespace/team',
      'warn a write failed Namespace/shop',
      'warn a write failed Namespace/team',
      'info what could not be written is written Namespace/team',
    ]);
  });

  it('are told again once they fail again, and those that never failed never', () => {
    const { writes, told } = make();
    writes.done(team);
    for (let count = 0; count < 2; count += 1) {
      writes.failed(shop, new Error('forbidden'), 5);
      writes.done(team);
      writes.done(shop);
    }
    expect(told.filter((line) => line.startsWith('warn'))).toHaveLength(2);
    expect(told.filter((line) => line.includes('team'))).toEqual([]);
  });
});
