import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { answer } from './test-server.ts';

/** What a {@link ThingServer} serves. */
export const things: Resource = { group: 'test.io', version: 'v1', plural: 'things', kind: 'Thing', namespaced: false };

/** Serves things the way a test wants: by default all of them in one page, and watches that stay open. */
export class ThingServer {
  readonly lists: URLSearchParams[] = [];
  /** First pages of one object at the newest version, which only ask for that. */
  readonly looks: URLSearchParams[] = [];
  readonly watches: { readonly query: URLSearchParams; readonly response: ServerResponse }[] = [];
  items: KubernetesObject[] = [];
  resourceVersion = '10';
  /** Answers in place of a list or watch as long as it returns true. */
  intercept: (kind: 'list' | 'watch', response: ServerResponse, query: URLSearchParams) => boolean = () => false;
  #silent = false;

  handle(url: string, response: ServerResponse): void {
    if (this.#silent) return;
    const { pathname, searchParams: query } = new URL(url, 'http://loopback');
    if (pathname === '/version') return answer(response, 200, {});
    const kind = query.get('watch') === 'true' ? 'watch' : 'list';
    if (kind === 'watch') this.watches.push({ query, response });
    else (isLook(query) ? this.looks : this.lists).push(query);
    if (this.intercept(kind, response, query)) return;
    if (kind === 'list') answer(response, 200, thingList({ resourceVersion: this.resourceVersion }, this.items));
    else response.writeHead(200).flushHeaders();
  }

  /** From now on nothing is answered, and what is open stays open and silent. */
  fallSilent(): void {
    this.#silent = true;
  }

  /** New requests are answered again; those that came in silence never are. */
  recover(): void {
    this.#silent = false;
  }

  send(...events: object[]): void {
    this.watches.at(-1)?.response.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}

function isLook(query: URLSearchParams): boolean {
  return query.get('limit') === '1' && !query.has('resourceVersion') && !query.has('continue');
}

/** The body of a list of things. */
export function thingList(metadata: object, items: unknown): object {
  return { apiVersion: 'test.io/v1', kind: 'ThingList', metadata, items };
}

/** One thing. */
export function thing(name: string, resourceVersion: string, value = 'a'): KubernetesObject {
  return { metadata: { name, resourceVersion }, spec: { value } };
}
