import { describe, expect, it } from 'vitest';
import { environmentProxy } from './environment-proxy.ts';

const find = (server: string, environment: Record<string, string>): string | undefined =>
  environmentProxy(new URL(server), environment);
const proxy = { HTTPS_PROXY: 'http://proxy:3128' };

describe('environmentProxy', () => {
  it('goes by the scheme of the server, in capitals or not', () => {
    expect(find('https://api.example.com:6443', { ...proxy, HTTP_PROXY: 'http://other:1' })).toBe('http://proxy:3128');
    expect(find('http://api.example.com', { ...proxy, HTTP_PROXY: 'other:1' })).toBe('http://other:1');
    expect(find('https://api.example.com', { https_proxy: 'socks5://proxy:1080' })).toBe('socks5://proxy:1080');
    expect(find('https://api.example.com', {})).toBeUndefined();
    expect(find('https://api.example.com', { HTTPS_PROXY: '' })).toBeUndefined();
  });

  it.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://[::1]:6443'])(
    'never stands before this machine: %s',
    (server) => {
      expect(find(server, proxy)).toBeUndefined();
    },
  );

  it.each([
    ['*', 'https://api.example.com', true],
    ['example.com', 'https://api.example.com', true],
    ['example.com', 'https://example.com', true],
    ['.example.com', 'https://example.com', false],
    ['*.example.com', 'https://api.example.com', true],
    ['ample.com', 'https://example.com', false],
    ['example.com:6443', 'https://api.example.com:6443', true],
    ['example.com:6443', 'https://api.example.com', false],
    ['other, EXAMPLE.com', 'https://api.example.com', true],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['fd00::/8', 'https://10.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
  ])('NO_PROXY %s and %s: %s', (excluded, server, direct) => {
    expect(find(server, { ...proxy, NO_PROXY: excluded }) === undefined).toBe(direct);
  });
});
