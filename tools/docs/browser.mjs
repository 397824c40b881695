import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The browser, if the machine has one. */
export const browser = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

/** Starts the browser without a window; pages are driven by its own protocol. */
export async function startBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  // It is to speak to this machine alone.
  const quiet = ['--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run', ...quiet];
  const child = spawn(browser, [...flags, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /DevTools listening on (\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', () => reject(new Error(`the browser ended: ${said}`)));
  });
  const { host } = new URL(url);
  return {
    open: () => openPage(host),
    async close() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openPage(host) {
  const target = await (await fetch(`http://${host}/json/new?about:blank`, { method: 'PUT' })).json();
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const waiting = new Map();
  const problems = [];
  let loaded = () => undefined;
  socket.addEventListener('message', ({ data }) => {
    const { id, method, params, result, error } = JSON.parse(data);
    if (id !== undefined)
      error === undefined ? waiting.get(id).resolve(result) : waiting.get(id).reject(new Error(error.message));
    if (method === 'Page.loadEventFired') loaded();
    if (method === 'Runtime.exceptionThrown')
      problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error')
      problems.push(`${params.entry.text} ${params.entry.url ?? ''}`);
  });
  let last = 0;
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      waiting.set((last += 1), { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
  const evaluate = async (expression) =>
    (await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value;
  /** Another window and other colours for the page as it is. Nothing moves slowly, so it can be looked at, at once. */
  const see = async ({ width, height, scheme }) => {
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await send('Emulation.setEmulatedMedia', {
      features: [
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ],
    });
    await evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  };
  return {
    /** What scripts threw, and what could not be loaded. */
    problems,
    evaluate,
    see,
    async show(url, view) {
      const isLoaded = new Promise((resolve) => (loaded = resolve));
      await send('Page.navigate', { url });
      await isLoaded;
      await see(view);
    },
    picture: async () => Buffer.from((await send('Page.captureScreenshot')).data, 'base64'),
    /** Waits until an expression is true in the page, ten seconds at most. */
    async until(expression) {
      for (let left = 100; !(await evaluate(expression)); left--) {
        if (left === 0) throw new Error(`did not come true in the page: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    type: (text) => send('Input.insertText', { text }),
  };
}
