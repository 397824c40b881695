import { isRecord } from '@egressip-ipam/core/plugin';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** What of a package's `exports` counts for who imports it (Node.js, "Packages: conditional exports"). */
const conditions: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

/**
 * The URL of a plug-in's module: of a path from here (a file, or a package's folder), or of a package installed here or
 * beside the operator. Undefined when there is none.
 */
export function locatePlugIn(name: string): string | undefined {
  const found = isPath(name)
    ? locatePath(resolve(name))
    : (locatePackage(name, pathToFileURL(join(process.cwd(), 'package.json')).href) ??
      locatePackage(name, import.meta.url));
  return found === undefined ? undefined : pathToFileURL(found).href;
}

/** Whether a plug-in is named by the path of its module. */
export function isPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

function locatePath(path: string): string | undefined {
  const manifest = join(path, 'package.json');
  if (existsSync(manifest)) return exportOf(manifest, '.') ?? createRequire(manifest).resolve(path);
  return existsSync(path) ? path : undefined;
}

function locatePackage(name: string, from: string): string | undefined {
  try {
    const manifest = findPackageJSON(name, from);
    if (manifest === undefined) return undefined;
    const subpath = ['.', ...name.split('/').slice(name.startsWith('@') ? 2 : 1)].join('/');
    return exportOf(manifest, subpath) ?? createRequire(from).resolve(name);
  } catch (error) {
    if (isRecord(error) && (error['code'] === 'ERR_MODULE_NOT_FOUND' || error['code'] === 'MODULE_NOT_FOUND'))
      return undefined;
    throw error;
  }
}

/** What a package exports to those who import it, which `require.resolve` does not see. */
function exportOf(manifest: string, subpath: string): string | undefined {
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly exports?: unknown };
  const bySubpath =
    isRecord(exports) && Object.keys(exports).some((key) => key.startsWith('.')) ? exports : { '.': exports };
  const target = targetOf(bySubpath[subpath]);
  return target === undefined ? undefined : join(dirname(manifest), target);
}

/** The first target whose conditions are met. */
function targetOf(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (!isRecord(exported)) return undefined;
  for (const [condition, target] of Object.entries(exported)) {
    const found = conditions.has(condition) ? targetOf(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
