import { isNotFound } from '../errors/predicates.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { isRecord } from '../object/object.ts';
import { groupVersionPath } from '../object/resource.ts';

/** A resource or subresource as discovery names it. */
export interface ServedResource {
  /** Plural name; a subresource is `plural/subresource`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/**
 * What an API server serves under an apiVersion such as `v1` or `apps/v1`; undefined when it does not serve that at
 * all.
 *
 * @throws as {@link RestClient.request}, but for 404
 */
export async function servedResources(
  client: RestClient,
  apiVersion: string,
  signal?: AbortSignal,
): Promise<readonly ServedResource[] | undefined> {
  try {
    const answer = await client.request('GET', groupVersionPath(apiVersion), options('discovery', signal));
    const resources: readonly unknown[] = isRecord(answer) && Array.isArray(answer.resources) ? answer.resources : [];
    return resources.filter(isRecord).map(({ name, kind, namespaced, verbs }) => ({
      name: String(name),
      kind: String(kind),
      namespaced: namespaced === true,
      verbs: Array.isArray(verbs) ? verbs.map(String) : [],
    }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The OpenAPI v3 document of an apiVersion, as parsed JSON; undefined when it is not served.
 *
 * @throws as {@link RestClient.request}, but for 404
 */
export async function openApiDocument(
  client: RestClient,
  apiVersion: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const answer = await client.request(
      'GET',
      `/openapi/v3${groupVersionPath(apiVersion)}`,
      options('openapi', signal),
    );
    return isRecord(answer) ? answer : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function options(resource: string, signal?: AbortSignal) {
  return { label: { verb: 'get', resource }, ...(signal === undefined ? {} : { signal }) };
}
