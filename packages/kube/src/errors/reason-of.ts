/** Why something failed, in one sentence without a stack trace; whatever it was that was thrown. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'what was thrown cannot be told';
  }
}
