import { isIP, isIPv4, isIPv6 } from 'node:net';

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;
const microTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}(Z|[+-]\d{2}:\d{2})$/;

function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = isIP(address);
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

const isDateTime = (text: string): boolean => dateTime.test(text) && !Number.isNaN(Date.parse(text));

/**
 * The string formats that Kubernetes checks in a CRD's schema and a cluster component is likely to use; it ignores
 * unknown ones, and so does this server. `micro-time` is ours, for the built-in kinds' MicroTime fields.
 */
export const stringFormats: Readonly<Record<string, (text: string) => boolean>> = {
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  'date-time': isDateTime,
  'micro-time': (text) => microTime.test(text) && isDateTime(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  byte: (text) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
  duration: (text) => /^-?(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w)\s*)+)$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
  uri: (text) => URL.canParse(text),
};

/** The number formats, as the range of whole numbers they allow. */
export const numberFormats: Readonly<Record<string, (number: number) => boolean>> = {
  int32: (number) => Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31,
  int64: (number) => Number.isInteger(number) && number >= -(2 ** 63) && number < 2 ** 63,
};
