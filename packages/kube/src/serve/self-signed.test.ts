import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned } from './self-signed.ts';

const now = Date.parse('2026-01-31T12:00:00Z');

describe('selfSigned', () => {
  const { certificate, key } = selfSigned(['pod-1.example', 'localhost'], now);
  const parsed = new X509Certificate(certificate);

  it('is signed by the key that it is for', () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.checkIssued(parsed)).toBe(true);
  });

  it('is for the names that are given', () => {
    expect(parsed.subject).toBe('CN=pod-1.example');
    expect(parsed.subjectAltName).toBe('DNS:pod-1.example, DNS:localhost');
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkHost('other')).toBeUndefined();
  });

  it('begins an hour ago and lasts ten years', () => {
    expect(parsed.validFromDate.toISOString()).toBe('2026-01-31T11:00:00.000Z');
    expect(parsed.validToDate.toISOString()).toBe('2036-01-29T12:00:00.000Z');
  });

  it('is another one each time', () => {
    const other = new X509Certificate(selfSigned(['pod-1.example'], now).certificate);
    expect(other.serialNumber).not.toBe(parsed.serialNumber);
    expect(other.fingerprint256).not.toBe(parsed.fingerprint256);
  });

  it('takes a name of any length that DNS has', () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example`;
    expect(new X509Certificate(selfSigned([long, 'localhost'], now).certificate).checkHost(long)).toBe(long);
  });
});
