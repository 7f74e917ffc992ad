/// <reference lib="dom" />
/**
 * The element of the page with an id.
 *
 * @throws {TypeError} If there is none of that class.
 */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`Cannot find the element "${id}": the page has none of that kind`);
}

/** A new element with a class and children. */
export function make(
  tag: string,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}
