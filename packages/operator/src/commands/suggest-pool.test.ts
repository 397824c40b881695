import { describe, expect, it } from 'vitest';
import { suggestPool } from './suggest-pool.ts';

const zone = 'topology.kubernetes.io/zone';
const documents = (...zones: readonly (string | undefined)[]): Parameters<typeof suggestPool>[0] => ({
  objects: zones.map((value, index) => ({
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${index}`, labels: value === undefined ? {} : { [zone]: value } },
    },
    file: 'cluster',
    line: 1,
    lineOf: () => 1,
  })),
  problems: [],
});

describe('a pool for a cluster whose subnets cannot be read', () => {
  it('is not guessed: what may be named is', () => {
    expect(() => suggestPool(documents('b', 'a', undefined, 'b'), zone)).toThrow(
      `name the pools by --cidr CIDR=LABELVALUE; nodes have ${zone} a, b`,
    );
  });

  it('asks for another label where no node has the one', () => {
    expect(() => suggestPool(documents(undefined), zone)).toThrow(
      `no node has the label ${zone}, and --topology-label`,
    );
  });

  it('names some of many', () => {
    const many = Array.from({ length: 30 }, (_, index) => `zone-${String(index).padStart(2, '0')}`);
    expect(() => suggestPool(documents(...many), zone)).toThrow(/zone-08, zone-09, …$/);
  });
});
