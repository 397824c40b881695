import { freePorts } from '@egressip-ipam/sandbox';

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
