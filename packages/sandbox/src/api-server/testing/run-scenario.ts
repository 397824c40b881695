import { isRecord } from '../api-object.ts';
import type { Endpoint } from './http-exchange.ts';
import { exchange } from './http-exchange.ts';
import { normaliseAnswer } from './normalise.ts';
import type { Seen, Step } from './scenario.ts';

/** Sends the steps one after the other and gives back the normalised answers by title. */
export async function runScenario(endpoint: Endpoint, steps: readonly Step[]): Promise<Map<string, unknown>> {
  const seen = new Map<string, { uid: string; resourceVersion: string; continue: string }>();
  const answers = new Map<string, unknown>();
  for (const { title, path, remember, ...request } of steps) {
    if (answers.has(title)) throw new Error(`two steps of the scenario are called "${title}"`);
    const answer = await exchange(endpoint, {
      ...request,
      path: typeof path === 'string' ? path : path(seen satisfies Seen),
    });
    answers.set(title, normaliseAnswer(answer));
    if (remember) seen.set(remember, metadataOf(answer.text));
  }
  return answers;
}

function metadataOf(text: string): { uid: string; resourceVersion: string; continue: string } {
  const object: unknown = JSON.parse(text);
  const metadata = isRecord(object) && isRecord(object['metadata']) ? object['metadata'] : {};
  const { uid, resourceVersion, continue: token } = metadata;
  return { uid: String(uid), resourceVersion: String(resourceVersion), continue: String(token) };
}
