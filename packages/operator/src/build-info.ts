import packageManifest from '../package.json' with { type: 'json' };

/** Which build this is: the version of the package, and the commit that an image says in its environment. */
export const buildInfo: Readonly<Record<'version' | 'commit', string>> = {
  version: packageManifest.version,
  commit: process.env['EGRESSIP_IPAM_COMMIT'] ?? 'unknown',
};
