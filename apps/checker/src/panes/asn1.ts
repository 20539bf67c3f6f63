/** The encoding as a tree beside its bytes. Choosing in one marks the other; both draw only what is seen. */

import { fill, h, message, shown } from "../dom.js";
import type { Bytes, NodeView, SpanView } from "../protocol.js";
import { type Host, section } from "./shared.js";

/** Children that are drawn at once. */
const PAGE = 50;
/** Levels that are open at first. */
const OPEN_LEVELS = 3;
const ROW_HEIGHT = 22;

export interface Asn1Pane {
  element: HTMLElement;
  /** Marks bytes and the element that they are, and moves the view there. */
  reveal(span: SpanView): void;
}

export function asn1(host: Host, bytes: Bytes): Asn1Pane {
  const { strings } = host;
  const tree = new TreePane(host, bytes.tree.nodes, (index) => hex.mark(bytes.tree.nodes[index]));
  const hex = new HexPane(host, bytes.der, (offset) => {
    const index = deepest(bytes.tree.nodes, { start: offset, end: offset + 1 });
    hex.mark(bytes.tree.nodes[index] ?? { span: { start: offset, end: offset + 1 }, header: 0 }, offset);
    tree.reveal(index);
  });
  const { fault, cut } = bytes.tree;
  const element = section(
    "asn1",
    strings.asn1,
    h("p", { class: "muted" }, strings.asn1Hint),
    fault === undefined ? null : h("p", { class: "mark error" }, h("span", { class: "word" }, strings.severityError), " ", strings.treeFault(String(cut ?? 0), String(bytes.tree.bytes)), ": ", message(fault.message)),
    h(
      "div",
      { class: "asn1" },
      bytes.tree.nodes.length === 0 ? null : h("div", { class: "tree-side" }, h("h3", { id: "tree-title" }, strings.tree), tree.element),
      h("div", { class: "hex-side" }, h("h3", { id: "hex-title" }, strings.bytes), hex.element),
    ),
  );
  return {
    element,
    reveal: (span) => {
      const index = deepest(bytes.tree.nodes, span);
      tree.reveal(index);
      hex.mark({ span, header: 0 });
    },
  };
}

/** The innermost element that holds the bytes. */
function deepest(nodes: readonly NodeView[], { start, end }: SpanView): number {
  let found = 0;
  for (let index = 0; index < nodes.length; index += 1) {
    const span = nodes[index]?.span;
    if (span === undefined || span.start > start) {
      break;
    }
    if (span.end >= end && span.end > start) {
      found = index;
    }
  }
  return found;
}

/** The row that stands for the children of an element that are not drawn yet. */
function moreOf(parent: number): number {
  return -2 - parent;
}

class TreePane {
  readonly element: HTMLElement;
  readonly #items = new Map<number, HTMLElement>();
  /** Rows that stand for elements not drawn yet, below zero in `#items`, and how to draw those. */
  readonly #more = new Map<number, () => void>();
  #current = 0;

  constructor(
    private readonly host: Host,
    private readonly nodes: readonly NodeView[],
    private readonly onSelect: (index: number) => void,
  ) {
    this.element = h("ul", { role: "tree", class: "tree", "aria-labelledby": "tree-title", onkeydown: (event: KeyboardEvent) => this.#key(event) });
    for (const index of this.#childrenOf(-1)) {
      this.element.append(this.#item(index));
    }
    this.#items.get(0)?.setAttribute("tabindex", "0");
  }

  reveal(index: number): void {
    const ancestors: number[] = [];
    for (let at = index; at >= 0; at = this.#parent(at)) {
      ancestors.unshift(at);
    }
    for (const ancestor of ancestors.slice(0, -1)) {
      this.#toggle(ancestor, true);
    }
    let item = this.#items.get(index);
    const key = moreOf(this.#parent(index));
    for (let more = this.#more.get(key); item === undefined && more; more = this.#more.get(key)) {
      more();
      item = this.#items.get(index);
    }
    this.#select(index, false);
  }

  #parent(index: number): number {
    const depth = this.nodes[index]?.depth ?? 0;
    for (let at = index - 1; at >= 0; at -= 1) {
      if ((this.nodes[at]?.depth ?? 0) < depth) {
        return at;
      }
    }
    return -1;
  }

  #childrenOf(parent: number): number[] {
    const depth = parent < 0 ? 0 : (this.nodes[parent]?.depth ?? 0) + 1;
    const out: number[] = [];
    for (let at = parent + 1; at < this.nodes.length; at += 1) {
      const found = this.nodes[at]?.depth ?? 0;
      if (found < depth) {
        break;
      }
      if (found === depth) {
        out.push(at);
      }
    }
    return out;
  }

  #item(index: number): HTMLElement {
    const node = this.nodes[index] as NodeView;
    const hasChildren = (this.nodes[index + 1]?.depth ?? 0) > node.depth;
    const open = hasChildren && node.depth < OPEN_LEVELS;
    const item = h(
      "li",
      {
        role: "treeitem",
        "aria-level": node.depth + 1,
        "aria-selected": "false",
        "aria-expanded": hasChildren ? "false" : null,
        tabindex: "-1",
        onclick: (event: MouseEvent) => {
          event.stopPropagation();
          if ((event.target as Element).closest(".twist") !== null) {
            this.#toggle(index, item.getAttribute("aria-expanded") !== "true");
          }
          this.#select(index, true);
        },
      },
      h(
        "div",
        { class: "line" },
        h("span", { class: "twist", "aria-hidden": "true" }, hasChildren ? "▸" : ""),
        h(
          "span",
          {},
          node.field === undefined ? null : [h("span", { class: "field" }, node.field), " "],
          h("span", { class: "kind" }, node.kind),
          node.value === undefined ? null : [" ", shown(node.value.length > 160 ? `${node.value.slice(0, 160)}…` : node.value, "value")],
          node.claimed === undefined ? null : [" ", h("span", { class: "mark error" }, this.host.strings.breaksOff(String(node.span.end - node.span.start - node.header), String(node.claimed)))],
          h("span", { class: "offset" }, ` ${node.span.start}+${node.header}`),
        ),
      ),
    );
    this.#items.set(index, item);
    if (open) {
      this.#toggle(index, true);
    }
    return item;
  }

  #toggle(index: number, open: boolean): void {
    const item = this.#items.get(index);
    if (item === undefined || !item.hasAttribute("aria-expanded")) {
      return;
    }
    item.setAttribute("aria-expanded", String(open));
    let group = item.querySelector<HTMLElement>(":scope > ul");
    if (group === null && open) {
      group = h("ul", { role: "group" });
      item.append(group);
      this.#grow(group, index, this.#childrenOf(index), 0);
    }
    if (group !== null) {
      group.hidden = !open;
    }
  }

  #grow(group: HTMLElement, parent: number, children: readonly number[], from: number): void {
    for (const child of children.slice(from, from + PAGE)) {
      group.append(this.#item(child));
    }
    if (children.length <= from + PAGE) {
      return;
    }
    const key = moreOf(parent);
    const row = h(
      "li",
      {
        role: "treeitem",
        "aria-level": (this.nodes[parent]?.depth ?? -1) + 2,
        "aria-selected": "false",
        tabindex: "-1",
        onclick: (event: MouseEvent) => {
          event.stopPropagation();
          this.#draw(key, children[from + PAGE]);
        },
      },
      h("div", { class: "line" }, h("span", { class: "twist", "aria-hidden": "true" }), h("span", { class: "more" }, this.host.strings.more(children.length - from - PAGE))),
    );
    this.#items.set(key, row);
    this.#more.set(key, () => {
      row.remove();
      this.#items.delete(key);
      this.#more.delete(key);
      this.#grow(group, parent, children, from + PAGE);
    });
    group.append(row);
  }

  /** Draws what a row stands for, and goes to the first of it. */
  #draw(key: number, first: number | undefined): void {
    this.#more.get(key)?.();
    if (first !== undefined) {
      this.#select(first, true);
    }
  }

  #select(index: number, focus: boolean): void {
    const before = this.#items.get(this.#current);
    before?.setAttribute("aria-selected", "false");
    before?.setAttribute("tabindex", "-1");
    const item = this.#items.get(index);
    if (item === undefined) {
      return;
    }
    this.#current = index;
    item.setAttribute("aria-selected", "true");
    item.setAttribute("tabindex", "0");
    if (focus) {
      item.focus({ preventScroll: true });
      if (index >= 0) {
        this.onSelect(index);
      }
    }
    const line = item.querySelector(".line") as HTMLElement;
    const top = line.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    if (top < 0 || top > this.element.clientHeight - ROW_HEIGHT) {
      this.element.scrollTop += top - this.element.clientHeight / 2;
    }
  }

  #key(event: KeyboardEvent): void {
    const seen = Array.from(this.element.querySelectorAll<HTMLElement>('[role="treeitem"]')).filter((item) => item.closest("ul[hidden]") === null);
    const here = this.#items.get(this.#current);
    const at = here === undefined ? -1 : seen.indexOf(here);
    const open = here?.getAttribute("aria-expanded");
    const go = (item: HTMLElement | undefined) => {
      const target = Array.from(this.#items).find(([, one]) => one === item)?.[0];
      if (target !== undefined) {
        this.#select(target, true);
      }
    };
    switch (event.key) {
      case "ArrowDown":
        go(seen[at + 1]);
        break;
      case "ArrowUp":
        go(seen[at - 1]);
        break;
      case "Home":
        go(seen[0]);
        break;
      case "End":
        go(seen.at(-1));
        break;
      case "ArrowRight":
        if (open === "false") {
          this.#toggle(this.#current, true);
        } else if (open === "true") {
          go(seen[at + 1]);
        }
        break;
      case "ArrowLeft":
        if (open === "true") {
          this.#toggle(this.#current, false);
        } else {
          go(this.#items.get(this.#current < 0 ? -2 - this.#current : this.#parent(this.#current)));
        }
        break;
      case "Enter":
      case " ":
        if (this.#current < 0) {
          here?.click();
          break;
        }
        this.#toggle(this.#current, open !== "true");
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

class HexPane {
  readonly element: HTMLElement;
  readonly #rows: HTMLElement;
  #columns = 16;
  #marked: SpanView = { start: 0, end: 0 };
  #header = 0;
  #cursor = 0;

  constructor(
    host: Host,
    private readonly bytes: Uint8Array,
    private readonly onByte: (offset: number) => void,
  ) {
    this.#rows = h("div", { class: "hex-rows", role: "presentation" });
    this.element = h(
      "div",
      {
        class: "hex",
        role: "grid",
        tabindex: "0",
        "aria-labelledby": "hex-title",
        "aria-describedby": "hex-hint",
        "aria-readonly": "true",
        onscroll: () => this.#draw(),
        onkeydown: (event: KeyboardEvent) => this.#key(event),
        onclick: (event: MouseEvent) => {
          const offset = (event.target as Element).closest("[data-offset]")?.getAttribute("data-offset");
          if (offset !== null && offset !== undefined) {
            this.#choose(Number(offset));
          }
        },
      },
      this.#rows,
    );
    this.element.append(h("span", { id: "hex-hint", class: "visually-hidden" }, host.strings.bytesHint));
    new ResizeObserver(() => {
      this.#columns = this.element.clientWidth < 430 ? 8 : 16;
      this.#draw();
    }).observe(this.element);
    // Rows are there before the size is known: a grid without rows is none.
    this.#draw();
  }

  /** Marks the bytes of an element. */
  mark(node: Pick<NodeView, "span" | "header"> | undefined, cursor?: number): void {
    if (node === undefined) {
      return;
    }
    this.#marked = node.span;
    this.#header = node.header;
    this.#cursor = cursor ?? node.span.start;
    const top = Math.floor(this.#cursor / this.#columns) * ROW_HEIGHT;
    if (top < this.element.scrollTop || top > this.element.scrollTop + this.element.clientHeight - ROW_HEIGHT) {
      this.element.scrollTop = Math.max(0, top - this.element.clientHeight / 3);
    }
    this.#draw();
  }

  #choose(offset: number): void {
    this.#cursor = Math.min(Math.max(offset, 0), this.bytes.length - 1);
    this.onByte(this.#cursor);
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.#columns, ArrowUp: -this.#columns, PageDown: this.#columns * 12, PageUp: -this.#columns * 12, Home: -this.bytes.length, End: this.bytes.length };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.#choose(this.#cursor + step);
    }
  }

  #draw(): void {
    const count = Math.ceil(this.bytes.length / this.#columns);
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW_HEIGHT) - 4);
    const last = Math.min(count, first + Math.ceil(this.element.clientHeight / ROW_HEIGHT) + 8);
    this.element.setAttribute("aria-rowcount", String(count));
    this.#rows.style.height = `${count * ROW_HEIGHT}px`;
    const rows: HTMLElement[] = [];
    for (let row = first; row < last; row += 1) {
      rows.push(this.#row(row));
    }
    fill(this.#rows, rows);
    this.element.setAttribute("aria-activedescendant", `byte-${this.#cursor}`);
  }

  #row(row: number): HTMLElement {
    const start = row * this.#columns;
    const slice = this.bytes.subarray(start, start + this.#columns);
    const element = h("div", { class: "hex-row", role: "row", "aria-rowindex": row + 1 });
    element.style.top = `${row * ROW_HEIGHT}px`;
    element.append(h("span", { class: "hex-offset", role: "rowheader" }, start.toString(16).padStart(4, "0")));
    slice.forEach((byte, index) => {
      const offset = start + index;
      const marked = offset >= this.#marked.start && offset < this.#marked.end;
      const head = marked && offset < this.#marked.start + this.#header;
      const classes = `byte${marked ? " marked" : ""}${head ? " head" : ""}${offset === this.#cursor ? " cursor" : ""}`;
      const text = byte.toString(16).padStart(2, "0");
      element.append(h("span", { class: classes, role: "gridcell", id: `byte-${offset}`, "data-offset": offset, "aria-selected": marked ? "true" : "false" }, text));
    });
    const ascii = Array.from(slice, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    element.append(h("span", { class: "ascii", role: "gridcell", "aria-hidden": "true" }, ascii));
    return element;
  }
}
