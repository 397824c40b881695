/** For `catch`: lets an expected error pass as if nothing had happened, and throws all others on. */
export function ignore(expected: (error: unknown) => boolean): (error: unknown) => void {
  return (error) => {
    if (!expected(error)) throw error;
  };
}
