/** Why a field was refused, in Kubernetes' words. */
export type FieldErrorReason =
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany';

/** One refused field: its path (`spec.items[0].name`), the reason, and the sentence that follows the path. */
export interface FieldError {
  readonly field: string;
  readonly reason: FieldErrorReason;
  readonly message: string;
}

const quote = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** A field whose value is not allowed; `why` completes the sentence. */
export const invalidValue = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quote(value)}: ${why}`,
});

/** A field that must be there. */
export const requiredValue = (field: string, why?: string): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  message: why ? `Required value: ${why}` : 'Required value',
});

/** A value that occurs twice where each must be unique. */
export const duplicateValue = (field: string, value: unknown): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quote(value)}`,
});

/** A field that must not be set, or not now. */
export const forbiddenValue = (field: string, why: string): FieldError => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

/** All errors in one sentence, as Kubernetes writes it. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
  const sentences = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return sentences.length === 1 ? String(sentences[0]) : `[${sentences.join(', ')}]`;
}
