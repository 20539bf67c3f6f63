/** Building elements. Texts become text nodes and nothing else; no markup is ever parsed. */

import { parts } from "./text.js";

export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Properties = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** An element. `on…` properties are listeners, `true` and `false` set and leave out an attribute, others are attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, properties);
  append(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function s(tag: string, properties: Properties = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  apply(element, properties);
  append(element, children);
  return element;
}

function apply(element: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as (event: Event) => void);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child as readonly Child[]);
    } else if (child instanceof Node) {
      element.append(child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(String(child));
    }
  }
}

/** A text of the input: isolated from the direction of what surrounds it, with unseen characters made visible. */
export function shown(text: string, className = ""): HTMLElement {
  const element = h("bdi", { class: `data ${className}`.trim(), translate: "no" });
  for (const part of parts(text)) {
    element.append(part.unseen ? h("span", { class: "unseen" }, part.text) : part.text);
  }
  return element;
}

/** A message of the engine, or a text of ours in its language: what stands in backticks is data. */
export function message(text: string, lang = "en"): HTMLElement {
  const element = h("span", { lang });
  text.split("`").forEach((part, index) => {
    element.append(index % 2 === 1 ? shown(part, "code") : shownPlain(part));
  });
  return element;
}

function shownPlain(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const part of parts(text)) {
    fragment.append(part.unseen ? h("span", { class: "unseen" }, part.text) : part.text);
  }
  return fragment;
}

/** Replaces the children. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A list that shows its first items, and more when asked. */
export function lengthy<T>(
  items: readonly T[],
  page: number,
  list: HTMLElement,
  row: (item: T, index: number) => Node,
  more: (left: number) => string,
): HTMLElement {
  let next = 0;
  const button = h("button", { type: "button", class: "quiet", onclick: () => grow(true) });
  const box = h("div", { class: "lengthy" }, list, button);
  const grow = (focus: boolean) => {
    const from = next;
    next = Math.min(items.length, next + page);
    items.slice(from, next).forEach((item, index) => list.append(row(item, from + index)));
    button.hidden = next >= items.length;
    button.textContent = more(items.length - next);
    if (focus && button.hidden) {
      list.setAttribute("tabindex", "-1");
      list.focus();
    }
  };
  grow(false);
  return box;
}

/** Milliseconds of work after which the page has its thread back. */
const STEP = 16;

/** What to wait for between steps of drawing. */
export function pacer(): () => Promise<void> {
  let start = performance.now();
  return async () => {
    if (performance.now() - start > STEP) {
      await new Promise((resume) => setTimeout(resume));
      start = performance.now();
    }
  };
}
