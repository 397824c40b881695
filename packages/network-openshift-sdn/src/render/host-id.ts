/** The id of the write of a HostSubnet that may start now. */
export function firstHostId(node: string): string {
  return `HostSubnet/${node}`;
}
