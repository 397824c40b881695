import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalogTemplate, channelsOf, releasedVersions } from './catalog.ts';

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

it('has the versions whose charts are published, as those have bundles', () => {
  const charts = ['1.0.0', '1.1.0-rc.1'].map((version) => ({ name: 'egressip-ipam-operator', version }));
  expect(releasedVersions(stringify({ apiVersion: 'v1', entries: { 'egressip-ipam-operator': charts } }))).toEqual([
    '1.0.0',
    '1.1.0-rc.1',
  ]);
  expect(releasedVersions('apiVersion: v1')).toEqual([]);
});

it('names the channels of a version, the default one first', () => {
  expect(channelsOf('1.0.0')).toEqual(['stable-v1', 'candidate-v1']);
  expect(channelsOf('2.1.0-rc.1')).toEqual(['candidate-v2']);
});
