import { parse, stringify } from 'yaml';

/**
 * What `opm alpha render-template semver` makes a catalog from: channels, and the ways from each version to the next,
 * follow from the versions. Those that come before a release are in `candidate` alone, which goes on to the release.
 */
export function catalogTemplate(image: string, versions: readonly string[]): string {
  const bundles = (some: readonly string[]): object => ({
    Bundles: some.map((version) => ({ image: `${image}-bundle:${version}` })),
  });
  const released = versions.filter((version) => !isPrerelease(version));
  return stringify({
    schema: 'olm.semver',
    GenerateMajorChannels: true,
    GenerateMinorChannels: false,
    Candidate: bundles(versions),
    ...(released.length === 0 ? {} : { Stable: bundles(released) }),
  });
}

/**
 * The versions that were released before: those of the charts, which are published last of all. A tag alone may be of a
 * release that failed before it had a bundle.
 *
 * @param index the index of the charts, as text
 */
export function releasedVersions(index: string): readonly string[] {
  const { entries } = parse(index) as { readonly entries?: Readonly<Record<string, readonly { version: string }[]>> };
  return Object.values(entries ?? {}).flatMap((charts) => charts.map(({ version }) => version));
}

/** The channels of the catalog that have a version, the one that users get without asking first. */
export function channelsOf(version: string): readonly string[] {
  const major = version.split('.', 1)[0];
  return (isPrerelease(version) ? ['candidate'] : ['stable', 'candidate']).map((name) => `${name}-v${major}`);
}

/** Whether a version comes before a release, such as `1.2.3-rc.1`. */
function isPrerelease(version: string): boolean {
  return version.includes('-');
}
