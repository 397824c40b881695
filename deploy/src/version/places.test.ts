import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployPath, root } from '../paths.ts';
import { readProject } from '../project.ts';
import { differingPlaces, versionPlaces } from './places.ts';

describe('the version', () => {
  it('is the same everywhere; `pnpm set-version` sets it', () => {
    expect(differingPlaces()).toEqual([]);
  });

  it('is looked for in every package and four times in the chart', () => {
    expect(versionPlaces().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'packages/core/package.json',
        'packages/operator/package.json',
        'Chart.yaml version',
        'Chart.yaml appVersion',
        'Chart.yaml annotations.artifacthub.io/images operator',
        'Chart.yaml annotations.artifacthub.io/images agent',
      ]),
    );
  });

  it('would be found to differ', () => {
    expect(differingPlaces('99.0.0')).toHaveLength(versionPlaces().length);
  });

  it('is in the bundle and in the manifests', () => {
    const { version, image } = readProject();
    expect(
      readFileSync(deployPath('olm/manifests/egressip-ipam-operator.clusterserviceversion.yaml'), 'utf8'),
    ).toContain(`name: egressip-ipam-operator.v${version}\n`);
    expect(readFileSync(deployPath('manifests/deployment.yaml'), 'utf8')).toContain(`${image}:${version}`);
  });
});

describe("the project's address", () => {
  it.each([
    'README.md',
    'deploy/Dockerfile',
    'deploy/helm/egressip-ipam-operator/Chart.yaml',
    'deploy/helm/egressip-ipam-operator/README.md',
    'deploy/olm/manifests/egressip-ipam-operator.clusterserviceversion.yaml',
    'packages/core/package.json',
    'packages/operator/package.json',
  ])('in %s is that of package.json', (file) => {
    const { repository } = readProject();
    const [, owner = '', name = ''] = /github\.com\/([^/]+)\/([^/]+)$/.exec(repository) ?? [];
    const addresses =
      readFileSync(join(root, file), 'utf8').match(new RegExp(`github\\.com/[\\w-]*${owner}[\\w-]*/[\\w-]+`, 'g')) ??
      [];
    expect(addresses.filter((address) => address !== `github.com/${owner}/${name}`)).toEqual([]);
  });
});
