import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { ExecPlugIns } from './exec-plug-ins.ts';

/** Runs a plug-in as the library does that reads what it says. */
async function run(script: string) {
  const child = new ExecPlugIns(new FakeClock()).start(process.execPath, ['--eval', script]);
  const said: string[] = [];
  const errors: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => void said.push(text));
  child.on('error', ({ message }) => errors.push(message));
  await new Promise((resolve) => child.once('close', resolve));
  return { length: said.join('').length, errors };
}

it.each(['stdout', 'stderr'])(
  'a plug-in that says more than any credential is long is ended: %s',
  async (stream) => {
    const { length, errors } = await run(
      `const say = () => process.${stream}.write('y'.repeat(65536), () => setImmediate(say)); say()`,
    );
    expect(errors).toEqual([expect.stringMatching(/was ended, as it said more than 1000000 characters/)]);
    expect(length).toBeLessThan(2_000_000);
  },
  20_000,
);

it('one that says as much as a credential is long is not', async () => {
  expect(await run("process.stdout.write('y'.repeat(200000))")).toEqual({ length: 200_000, errors: [] });
});
