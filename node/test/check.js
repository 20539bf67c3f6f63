/** Checks that work in Node and in a browser. */

export function same(actual, expected, what = "value") {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) {
    throw new Error(`${what}: ${a} is not ${b}`);
  }
}

export function ok(value, what) {
  if (!value) {
    throw new Error(`${what} does not hold`);
  }
}

/** The exception that `work` throws, which must be of the class. */
export function thrown(work, Class) {
  let result;
  try {
    result = work();
  } catch (error) {
    if (error instanceof Class) {
      return error;
    }
    throw new Error(`${Class.name} was expected, not ${error}`);
  }
  throw new Error(`${Class.name} was expected, not ${JSON.stringify(result)}`);
}

/** The exception that a promise is rejected with, which must be of the class. */
export async function rejected(promise, Class) {
  let result;
  try {
    result = await promise;
  } catch (error) {
    if (error instanceof Class) {
      return error;
    }
    throw new Error(`${Class.name} was expected, not ${error}`);
  }
  throw new Error(`${Class.name} was expected, not ${JSON.stringify(result)}`);
}
