import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  element,
  certificateTime,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  utf8String,
} from './der.ts';

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const commonName = objectIdentifier('2.5.4.3');
const subjectAlternativeName = objectIdentifier('2.5.29.17');
const hour = 3_600_000;
const tenYears = 10 * 365 * 24 * hour;

/**
 * A new key, and a certificate that it signs itself, for a server whose clients cannot know it beforehand. Nobody can
 * check it, so that an end of it would protect nobody: it lasts ten years.
 *
 * Node.js makes keys and signatures but no certificates. What libraries bring for that (340 kB, a container for
 * dependencies, a global that is patched) is more than these forty lines, which never read anything.
 *
 * @param names DNS names, the first one also the common name
 * @param now milliseconds since the epoch
 */
export function selfSigned(names: readonly [string, ...string[]], now: number): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(element(0x31, sequence(commonName, utf8String(names[0]))));
  const dnsNames = names.map((dnsName) => element(0x82, Buffer.from(dnsName, 'latin1')));
  const signed = sequence(
    element(0xa0, integer(Buffer.of(2))), // version 3
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    // A clock that is behind sees it valid, too.
    sequence(certificateTime(new Date(now - hour)), certificateTime(new Date(now + tenYears))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(sequence(subjectAlternativeName, octetString(sequence(...dnsNames))))),
  );
  const certificate = sequence(signed, ecdsaWithSha256, bitString(sign('sha256', signed, privateKey)));
  const lines = certificate.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
