/** A start that is made once, however often it is asked for; a failure may be followed by another try. */
export function once<A extends unknown[]>(start: (...given: A) => Promise<void>): (...given: A) => Promise<void> {
  let starting: Promise<void> | undefined;
  return (...given) => {
    starting ??= start(...given).catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
    return starting;
  };
}
