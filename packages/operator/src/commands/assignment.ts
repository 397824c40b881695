import type { CidrAssignmentSnapshot } from '@egressip-ipam/core';
import { InputError } from '../input/read-documents.ts';

/**
 * Reads `CIDR=LABELVALUE`, a CIDR assignment on the command line; the value may be empty.
 *
 * @throws InputError for anything else
 */
export function parseAssignment(text: string): CidrAssignmentSnapshot {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InputError(`--cidr ${text}: CIDR=LABELVALUE is expected, such as 10.0.0.0/24=zone-a`);
  return { CIDR: text.slice(0, equals), labelValue: text.slice(equals + 1) };
}
