import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An `npm` that publishes nothing, and remembers what it was told to publish. */
export interface StandInForNpm {
  /** To be put before the PATH. */
  readonly folder: string;
  /** What `npm publish` was told, a call each. */
  readonly published: () => readonly string[];
  /** Lets the registry have a version, such as `@egressip-ipam/core@1.0.0`. */
  readonly has: (version: string) => void;
  /** Lets the registry take nothing. */
  readonly refuse: () => void;
}

/**
 * Writes the stand-in into a folder.
 *
 * @param packs whether it has the real one pack, by the same rules, what it is told to publish
 */
export function standInForNpm(folder: string, packs = false): StandInForNpm {
  const real = packs ? execFileSync('bash', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim() : 'true';
  const file = (name: string): string => join(folder, name);
  const script = `#!/usr/bin/env bash
command=$1
shift
case $command in
  config) echo https://registry.example/ ;;
  view) grep -qxF "$1" '${file('versions')}' && echo 1 ;;
  publish)
    echo "$*" >> '${file('published')}'
    [ ! -e '${file('refuses')}' ] && exec '${real}' pack --dry-run "$@" ;;
esac
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file('npm'), script, { mode: 0o755 });
  writeFileSync(file('versions'), '');
  return {
    folder,
    published: () =>
      existsSync(file('published')) ? readFileSync(file('published'), 'utf8').trimEnd().split('\n') : [],
    has: (version) => appendFileSync(file('versions'), `${version}\n`),
    refuse: () => writeFileSync(file('refuses'), ''),
  };
}
