import type { ApiObject, JsonRecord } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { Endpoint } from './http-exchange.ts';
import { exchange } from './http-exchange.ts';
import { jsonPatch, mergePatch } from './scenario.ts';

/** An answer whose body is JSON. */
export interface JsonAnswer {
  readonly code: number;
  readonly body: JsonRecord;
}

/** The requests most tests make. */
export interface TestClient {
  send(method: string, path: string, body?: unknown, mediaType?: string): Promise<JsonAnswer>;
  /** Sends and expects success; gives back the object. */
  object(method: string, path: string, body?: unknown, mediaType?: string): Promise<ApiObject>;
  mergePatch(path: string, patch: unknown): Promise<JsonAnswer>;
  jsonPatch(path: string, patch: unknown): Promise<JsonAnswer>;
}

/** A client of a server under test. */
export function createTestClient(endpoint: Endpoint): TestClient {
  const send: TestClient['send'] = async (method, path, body, mediaType) => {
    const { code, text } = await exchange(endpoint, { method, path, body, ...(mediaType && { mediaType }) });
    const parsed: unknown = JSON.parse(text);
    return { code, body: isRecord(parsed) ? parsed : {} };
  };
  return {
    send,
    async object(method, path, body, mediaType) {
      const answer = await send(method, path, body, mediaType);
      if (answer.code >= 300) throw new Error(`${method} ${path}: ${answer.code} ${String(answer.body['message'])}`);
      // A test's own object, read back from a server that has just accepted it.
      return answer.body as ApiObject;
    },
    mergePatch: (path, patch) => send('PATCH', path, patch, mergePatch),
    jsonPatch: (path, patch) => send('PATCH', path, patch, jsonPatch),
  };
}
