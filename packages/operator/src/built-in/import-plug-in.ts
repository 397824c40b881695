import { isPath, locatePlugIn } from './locate-plug-in.ts';
import { reasonOf } from '../output/reason-of.ts';

/** Plug-ins that come with the operator, by the names that people give; each is loaded when it is asked for. */
export type BuiltIn = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Loads a plug-in: a built-in one, an installed package of that name, or the module of a path (`./mine.js`). One that
 * is not built in finds that nothing can be added to `Object.prototype`.
 *
 * @param what `network` or `provider`, for what is said when there is none
 * @throws Error when there is no such plug-in, or it cannot be loaded
 */
export async function importPlugIn(what: string, name: string, builtIn: BuiltIn): Promise<unknown> {
  const load = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  if (load !== undefined) return load();
  const url = locatePlugIn(name);
  if (url === undefined) throw new Error(`there is no ${what} "${name}": ${whereToLook(name, builtIn)}`);
  // What is put there stands in every object of this process: all that walks over the keys of one would stumble.
  Object.preventExtensions(Object.prototype);
  try {
    return await import(url);
  } catch (error) {
    throw new Error(`${what} "${name}" cannot be loaded: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function whereToLook(name: string, builtIn: BuiltIn): string {
  if (isPath(name)) return 'no such file';
  const names = Object.keys(builtIn);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are built in; any other has to be installed as an npm package of that name beside the operator (npm install ${name})`;
}
