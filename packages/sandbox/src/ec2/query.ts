/** The parameters of a call by name, such as `{ Action: 'DescribeSubnets', 'SubnetId.1': 'subnet-1' }`. */
export type Ec2Parameters = Readonly<Record<string, string>>;

/** Parses a form body or query string. */
export function parseParameters(form: string): Ec2Parameters {
  return Object.fromEntries(new URLSearchParams(form));
}

/** The values of `NAME.1`, `NAME.2` and so on, in this order. */
export function listParameter(parameters: Ec2Parameters, name: string): string[] {
  return Object.keys(parameters)
    .map((key) => ({ key, index: key.startsWith(`${name}.`) ? Number(key.slice(name.length + 1)) : Number.NaN }))
    .filter(({ index }) => Number.isInteger(index))
    .sort((a, b) => a.index - b.index)
    .map(({ key }) => parameters[key] ?? '');
}

/** Parameters of a list: `NAME.1`, `NAME.2` and so on. */
export function asList(name: string, values: readonly string[]): Ec2Parameters {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

/** A condition of a describe call: one of the values. */
export interface Ec2Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The filters of a call. */
export function filtersOf(parameters: Ec2Parameters): Ec2Filter[] {
  return Object.entries(parameters).flatMap(([key, name]) => {
    const filter = /^(Filter\.\d+)\.Name$/.exec(key)?.[1];
    return filter === undefined ? [] : [{ name, values: listParameter(parameters, `${filter}.Value`) }];
  });
}

/** Parameters of filters. */
export function asFilters(filters: readonly Ec2Filter[]): Ec2Parameters {
  const parts = filters.map(({ name, values }, index) => ({
    [`Filter.${index + 1}.Name`]: name,
    ...asList(`Filter.${index + 1}.Value`, values),
  }));
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

/** Parameters of one filter. */
export function asFilter(name: string, values: readonly string[]): Ec2Parameters {
  return asFilters([{ name, values }]);
}

/** Does the action only read? */
export function isDescribing(action: string): boolean {
  return /^(Describe|Get|Search)/.test(action);
}

/**
 * Key and region in an Authorization header's credential scope, `KEY/DATE/REGION/ec2/aws4_request`; undefined when it
 * has none.
 */
export function scopeOf(
  authorization: string | undefined,
): { readonly accessKeyId: string; readonly region: string } | undefined {
  const [, accessKeyId, region] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined || region === undefined ? undefined : { accessKeyId, region };
}

/** An Authorization header for a region, which moto takes without looking at its signature. */
export function authorizationFor(region: string): string {
  return `AWS4-HMAC-SHA256 Credential=sandbox/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=0`;
}
