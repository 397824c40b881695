import type { InterfaceStep, ProviderErrorClass } from '@egressip-ipam/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { InterfaceFailures } from './interface-failures.ts';

const attach = (address: string, node = 'n1'): InterfaceStep => ({
  kind: 'attach',
  id: address,
  object: { kind: 'Interface', name: node },
  effects: {},
  after: [],
  node,
  address,
});
const error = (errorClass: ProviderErrorClass): { readonly class: ProviderErrorClass; readonly message: string } => ({
  class: errorClass,
  message: 'no',
});
const step = attach('10.0.0.1');

describe('changes of interfaces that failed', () => {
  let bootID: string;
  let failures: InterfaceFailures;
  beforeEach(() => {
    bootID = 'first';
    failures = new InterfaceFailures((name) => ({ name, bootID }));
  });

  it('are tried again later and later', () => {
    expect([failures.fail(step, error('transient'), 0), failures.fail(step, error('transient'), 0)]).toEqual([
      1_000, 2_000,
    ]);
    expect(failures.until(step)).toBe(2_000);
    expect(failures.until(attach('10.0.0.2'))).toBe(0);
    failures.succeed(step);
    expect([failures.until(step), failures.all]).toEqual([0, []]);
  });

  it('wait for as long as the platform says', () => {
    expect(failures.fail(step, { ...error('throttled'), retryAfterMilliseconds: 5_000 }, 0)).toBe(5_000);
  });

  it('are not tried again when refused for good, until what they are made of is another', () => {
    expect(failures.fail(step, error('permanent'), 0)).toBe(Infinity);
    expect(failures.until(step)).toBe(Infinity);
    bootID = 'second';
    expect(failures.until(step)).toBe(1_000);
  });

  it('are forgotten with what wanted them', () => {
    failures.fail(step, error('permanent'), 0);
    failures.keepOnly([step], 0);
    expect(failures.all).toHaveLength(1);
    failures.keepOnly([], 0);
    expect([failures.all, failures.until(step)]).toEqual([[], 0]);
  });

  it.each([
    ['conflict', 600_000],
    ['capacity', 60_000],
  ] as const)('are reckoned with for a while after a %s, whoever asks for it', (errorClass, milliseconds) => {
    failures.fail(step, error(errorClass), 0);
    failures.keepOnly([], milliseconds - 1);
    expect(failures.all).toMatchObject([{ address: '10.0.0.1', node: 'n1', error: { class: errorClass } }]);
    failures.keepOnly([], milliseconds);
    expect(failures.all).toEqual([]);
  });

  it('say no more of an address that was attached elsewhere', () => {
    failures.fail(step, error('capacity'), 0);
    failures.succeed(attach('10.0.0.1', 'n2'));
    expect(failures.all).toEqual([]);
  });
});
