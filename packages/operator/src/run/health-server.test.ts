import { afterEach, describe, expect, it } from 'vitest';
import { limited, serveTexts, type TextServer, type TextSource } from './health-server.ts';
import { freePort } from '../../test/integration/support/free-port.ts';

describe('serveTexts', () => {
  let server: TextServer | undefined;
  afterEach(() => server?.close());

  async function get(paths: Readonly<Record<string, TextSource>>, path: string): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    server = await serveTexts(address, paths);
    const response = await fetch(`http://${address}${path}`);
    return `${response.status} ${await response.text()}`;
  }

  it.each([
    ['/text', '200 text'],
    ['/text?query', '200 text'],
    ['/later', '200 later'],
    ['/other', '503 why'],
    ['/nothing', '503 not ready\n'],
    ['/broken', '500 the answer could not be made\n'],
    ['/constructor', '404 not found\n'],
  ])('answers %s with %j', async (path, expected) => {
    const paths: Readonly<Record<string, TextSource>> = {
      '/text': () => 'text',
      '/later': () => Promise.resolve('later'),
      '/other': () => ({ status: 503, text: 'why' }),
      '/nothing': () => undefined,
      '/broken': () => {
        throw new Error('broken');
      },
    };
    expect(await get(paths, path)).toBe(expected);
  });

  it('names an address that is none', async () => {
    await expect(serveTexts('here', {})).rejects.toThrow(/"here" is no address to listen on/);
  });
});

describe('limited', () => {
  it('makes a text once a second, and gives it ten times in it', async () => {
    let now = 0;
    let made = 0;
    const source = limited(
      () => `text ${(made += 1)}`,
      () => now,
    );
    const answers: unknown[] = [];
    for (let count = 0; count < 245; count++) answers.push(await source());
    expect(made).toBe(1);
    expect(answers.filter((answer) => answer === 'text 1')).toHaveLength(10);
    expect(answers[10]).toMatchObject({ status: 429 });
    now = 1_000;
    expect(await source()).toBe('text 2');
  });
});
