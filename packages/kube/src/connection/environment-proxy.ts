import net, { isIP, isIPv6 } from 'node:net';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server, as Go's programs (kubectl among them) read it: `HTTPS_PROXY` or
 * `HTTP_PROXY` by the server's scheme, but for what `NO_PROXY` lists and for this machine itself; in capitals or not.
 * Undefined when there is none.
 *
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function environmentProxy(server: URL, environment: Environment): string | undefined {
  const read = (name: string): string => environment[name] || environment[name.toLowerCase()] || '';
  const proxy = read(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (proxy === '' || isThisMachine(host)) return undefined;
  const excluded = read('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (excluded.some((entry) => covers(entry, host, port))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/**
 * An entry of NO_PROXY: `*`, an address, a CIDR, a domain with its subdomains, or `.domain` for these alone; a port may
 * follow.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = entry, onlyPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(host) !== 0) return bare === host || isInRange(bare, host);
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function isInRange(range: string, host: string): boolean {
  const [address = '', prefix = ''] = range.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (
    isIP(address) === 0 ||
    isIPv6(host) !== (family === 'ipv6') ||
    !/^\d+$/.test(prefix) ||
    Number(prefix) > (family === 'ipv6' ? 128 : 32)
  )
    return false;
  // By the module's name: a name of its own would have Node load what it is made of where no proxy is.
  const list = new net.BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(host, family);
}
