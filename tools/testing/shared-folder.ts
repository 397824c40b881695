import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A folder of `../shared` beside the repository, or beside the API server's programs; undefined where it is in neither
 * place.
 */
export function sharedFolder(name: string): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const places = [
    fileURLToPath(new URL('../../../shared', import.meta.url)),
    ...(assets ? [resolve(assets, '..')] : []),
  ];
  return places.map((place) => resolve(place, name)).find((path) => existsSync(path));
}
