/** The first Node that has all that is used here. */
export const oldestNode = '22.19';

/** Whether this program runs on a version of Node, such as `22.19.0`. */
export function supportsNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
