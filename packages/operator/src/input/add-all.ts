/** Adds values one by one: a call has no room for the objects of a large cluster as its arguments. */
export function addAll<Value>(to: Value[], values: readonly Value[]): void {
  for (const value of values) to.push(value);
}
