/** The page around the element: theme, language, the copy to keep, and the service worker where there is a server. */

import { type CertgateChecker, define } from "./element.js";
import { h } from "./dom.js";
import { type Language, languageOf, languages } from "./strings/index.js";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
    createScriptURL(url: string): string;
  };
}

type Theme = "system" | "light" | "dark";

const SERVICE_WORKER = "./sw.js";

/** The page's own text, before anything has changed it. */
const own = `<!doctype html>\n${document.documentElement.outerHTML}`;

const asked = new URLSearchParams(location.search).get("lang");
let language: Language = languageOf(asked ?? navigator.language);
let theme: Theme = "system";

define();
const header = document.querySelector("header") as HTMLElement;
const checker = document.querySelector("certgate-checker") as CertgateChecker;
speak();
serve();
const link = () => void checker.useLink(location.hash);
link();
addEventListener("hashchange", link);

function speak(): void {
  const strings = languages[language];
  document.documentElement.lang = language;
  document.title = `certgate: ${strings.title}`;
  checker.setAttribute("lang", language);
  const choose = <T extends string>(label: string, value: T, options: readonly [T, string][], change: (value: T) => void) => {
    const select = h("select", {}, options.map(([one, text]) => h("option", { value: one, selected: one === value }, text)));
    select.addEventListener("change", () => change(select.value as T));
    return h("label", {}, h("span", {}, label), select);
  };
  header.replaceChildren(
    h("a", { class: "skip", href: "#checker", onclick: skip }, strings.skip),
    h("h1", {}, h("span", { class: "mark" }, "certgate"), " ", h("span", { class: "what" }, strings.title)),
    h(
      "div",
      { class: "controls" },
      choose(strings.language, language, [["en", "English"], ["fr", "Français"]], (value) => {
        language = value;
        speak();
      }),
      choose(strings.theme, theme, [["system", strings.themeSystem], ["light", strings.themeLight], ["dark", strings.themeDark]], (value) => {
        theme = value;
        document.documentElement.style.colorScheme = value === "system" ? "light dark" : value;
      }),
      h("button", { type: "button", title: strings.savePageHint, onclick: save }, strings.savePage),
    ),
  );
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  checker.shadowRoot?.getElementById("answer")?.focus();
}

function save(): void {
  const url = URL.createObjectURL(new Blob([own], { type: "text/html" }));
  h("a", { href: url, download: "certgate-checker.html" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Offline use and installing, where the page comes from a server of its own. */
function serve(): void {
  const local = location.hostname === "localhost" || location.hostname === "127.0.0.1";
  if (!("serviceWorker" in navigator) || !(location.protocol === "https:" || local)) {
    return;
  }
  document.head.append(h("link", { rel: "manifest", href: "./manifest.webmanifest" }), h("link", { rel: "icon", href: "./icon.svg", type: "image/svg+xml" }));
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  const rules = {
    createScriptURL: (url: string) => {
      if (url !== SERVICE_WORKER) {
        throw new TypeError("certgate-service-worker makes one address only");
      }
      return url;
    },
  };
  const url = types?.createPolicy("certgate-service-worker", rules).createScriptURL(SERVICE_WORKER) ?? SERVICE_WORKER;
  navigator.serviceWorker.register(url).catch(() => undefined);
}
