import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogTemplate, channelsOf } from './catalog.ts';

it('gives what comes before a release to those alone who ask for candidates', () => {
  const bundles = (...versions: readonly string[]): object => ({
    Bundles: versions.map((version) => ({ image: `registry.example/operator-bundle:${version}` })),
  });
  expect(parse(catalogTemplate('registry.example/operator', ['1.0.0', '1.1.0-rc.1']))).toMatchObject({
    Candidate: bundles('1.0.0', '1.1.0-rc.1'),
    Stable: bundles('1.0.0'),
  });
  expect(parse(catalogTemplate('registry.example/operator', ['1.0.0-rc.1']))).not.toHaveProperty('Stable');
});

it('names the channels of a version, the default one first', () => {
  expect(channelsOf('1.0.0')).toEqual(['stable-v1', 'candidate-v1']);
  expect(channelsOf('2.1.0-rc.1')).toEqual(['candidate-v2']);
});
