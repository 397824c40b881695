import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder, deployPath, root } from './paths.ts';

/** What the root's package.json says of the project; its address stands nowhere else to be changed by hand. */
export interface Project {
  /** Where the source is, such as `https://github.com/OWNER/NAME`. */
  readonly repository: string;
  /** The version of the packages, which is that of everything. */
  readonly version: string;
  /** The image, without a tag. */
  readonly image: string;
}

/** Reads {@link Project} from the files that it is in. */
export function readProject(): Project {
  const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly homepage: string };
  const { version } = JSON.parse(readFileSync(join(root, 'packages/operator/package.json'), 'utf8')) as {
    readonly version: string;
  };
  const { image } = parse(readFileSync(deployPath(`${chartFolder}/values.yaml`), 'utf8')) as {
    readonly image: { readonly repository: string };
  };
  return { repository: homepage, version, image: image.repository };
}
