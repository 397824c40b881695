import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a `docker` into a folder that pulls nothing, and says of every image that it is for these platforms.
 *
 * @param platforms as the flag of that name has them, such as `linux/amd64`
 * @returns the folder, to be put before the PATH
 */
export function standInForDocker(folder: string, platforms: readonly string[]): string {
  const manifests = platforms.map((name) => {
    const [os, architecture] = name.split('/');
    return { platform: { os, architecture } };
  });
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = pull ] || echo '${JSON.stringify({ manifests })}'\n`;
  writeFileSync(join(folder, 'docker'), script, { mode: 0o755 });
  return folder;
}
