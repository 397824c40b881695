import { afterEach, describe, expect, it } from 'vitest';
import { limited, serveTexts, type TextServer, type TextSource } from './text-server.ts';

describe('serveTexts', () => {
  let server: TextServer | undefined;
  afterEach(() => server?.close());

  async function get(
    paths: Readonly<Record<string, TextSource>>,
    path: string,
    init: RequestInit = {},
  ): Promise<string> {
    server = await serveTexts('127.0.0.1:0', paths);
    const response = await fetch(`http://127.0.0.1:${server?.port}${path}`, init);
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

  it('answers no request but GET', async () => {
    expect(await get({ '/text': () => 'text' }, '/text', { method: 'POST' })).toBe('405 only GET is answered\n');
  });

  it.each(['0', ''])('serves nothing on %j', async (address) => {
    expect(await serveTexts(address, {})).toBeUndefined();
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
