/** The built-in classes whose objects can be counted, by name. */
interface Classes {
  Int32Array: Int32Array;
  Map: Map<unknown, unknown>;
}

/** The objects of a class that an action makes with `new`, in order. */
export function madeObjects<K extends keyof Classes>(name: K, action: () => void): Classes[K][] {
  const global = globalThis as unknown as Record<K, new () => Classes[K]>;
  const original = global[name];
  const made: Classes[K][] = [];
  global[name] = new Proxy(original, {
    construct(target, args) {
      const object: Classes[K] = Reflect.construct(target, args);
      made.push(object);
      return object;
    },
  });
  try {
    action();
  } finally {
    global[name] = original;
  }
  return made;
}

/** The lengths of the Int32Arrays that an action makes: a table or column that grows makes one. */
export const madeLengths = (action: () => void): number[] =>
  madeObjects("Int32Array", action).map(({ length }) => length);
