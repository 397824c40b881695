/** Values of the chart: maps of whatever its templates use. */
export type Values = Readonly<Record<string, unknown>>;

/** Values over values, as Helm merges them: maps by key, everything else whole. */
export function mergeValues(below: Values, above: Values): Values {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const lower = below[key];
    merged[key] = isMap(lower) && isMap(value) ? mergeValues(lower, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
