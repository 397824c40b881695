import type { ApiObject } from './api-object.ts';

// Stored objects never change, so each is turned into text once, however many lists and watches carry it.
const whole = new WeakMap<ApiObject, string>();
const listed = new WeakMap<ApiObject, string>();

/** The JSON text of a stored object. */
export function serialise(object: ApiObject): string {
  let text = whole.get(object);
  if (text === undefined) whole.set(object, (text = JSON.stringify(object)));
  return text;
}

/**
 * The JSON text of a stored object as an item of a built-in kind's list: Kubernetes leaves `kind` and `apiVersion` out
 * there.
 */
export function serialiseWithoutType(object: ApiObject): string {
  let text = listed.get(object);
  if (text === undefined) {
    listed.set(object, (text = JSON.stringify({ ...object, kind: undefined, apiVersion: undefined })));
  }
  return text;
}
