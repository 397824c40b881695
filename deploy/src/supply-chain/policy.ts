import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deployPath, root } from '../paths.ts';

/** `supply-chain/policy.yaml`. */
export interface Policy {
  /** SPDX identifiers. */
  readonly licenses: readonly string[];
  readonly installScripts: readonly string[];
  /** By the folder of a package below `packages`. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  readonly refused: readonly {
    readonly package: string;
    readonly versions: readonly string[];
    readonly reason: string;
  }[];
}

/** Reads the policy. */
export function readPolicy(): Policy {
  return parse(readFileSync(deployPath('supply-chain/policy.yaml'), 'utf8')) as Policy;
}

/** A package of the lock file. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly resolution: Readonly<Record<string, unknown>>;
}

/** The packages of `pnpm-lock.yaml`. */
export function readLockFile(): readonly LockedPackage[] {
  const { packages } = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolution: LockedPackage['resolution'] }>>;
  };
  return Object.entries(packages).map(([key, { resolution }]) => {
    const at = key.lastIndexOf('@');
    return { name: key.slice(0, at), version: key.slice(at + 1), resolution };
  });
}

/** What a published package has installed beside it, by its folder below `packages`. */
export function readDependencies(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    readdirSync(join(root, 'packages')).map((name) => {
      const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
        readonly dependencies?: object;
      };
      return [name, Object.keys(dependencies).sort()];
    }),
  );
}
