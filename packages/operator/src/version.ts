import packageManifest from '../package.json' with { type: 'json' };

/** The commit that a release was built from; whoever bundles a release puts it in. */
declare const EGRESSIP_IPAM_COMMIT: string | undefined;

const commit = typeof EGRESSIP_IPAM_COMMIT === 'string' ? EGRESSIP_IPAM_COMMIT : undefined;

/** What `--version` prints: the version and, of a release, the commit that it was built from. */
export const versionText = commit === undefined ? packageManifest.version : `${packageManifest.version} (commit ${commit})`;
