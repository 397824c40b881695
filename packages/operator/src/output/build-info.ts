import packageManifest from '../../package.json' with { type: 'json' };

/** The commit that this was built from; whoever bundles puts it in. */
declare const EGRESSIP_IPAM_COMMIT: string | undefined;

const commit = typeof EGRESSIP_IPAM_COMMIT === 'string' ? EGRESSIP_IPAM_COMMIT : undefined;

/** Which build this is: the version of the package, and the commit that it was built from. */
export const buildInfo: Readonly<Record<'version' | 'commit', string>> = {
  version: packageManifest.version,
  commit: commit ?? 'unknown',
};

/** What `--version` prints: the version and, where it was built from a checkout, its commit. */
export const versionText =
  commit === undefined ? packageManifest.version : `${packageManifest.version} (commit ${commit})`;
