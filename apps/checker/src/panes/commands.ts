/** Commands: the same on the command line, how to mend the request, and what can be taken away. */

import { h, shown } from "../dom.js";
import type { InputAnswer, MendAnswer, PolicyAnswer } from "../protocol.js";
import { command, type Host, section } from "./shared.js";

export function commands(host: Host, input: InputAnswer, policy: { name: string; answer: PolicyAnswer | null }, expected: string): HTMLElement | null {
  const { strings } = host;
  if (input.kind === "request") {
    const certgate = policy.answer === null ? "certgate inspect request.pem" : `certgate check --policy ${policy.name} request.pem`;
    return section(
      "commands",
      strings.commands,
      command(host, "openssl", "openssl req -in request.pem -noout -text -verify"),
      command(host, "certgate", policy.answer === null ? certgate : `${certgate}\ncertgate inspect request.pem`),
    );
  }
  if (input.kind === "certificates") {
    const [first] = input.certificates;
    if (first === undefined) {
      return section(
        "commands",
        strings.commands,
        command(host, "openssl", "openssl crl -in list.pem -noout -text"),
        command(host, "certgate", "certgate inspect list.pem"),
      );
    }
    const name = expected === "" ? "" : ` --name ${word(expected)}`;
    const verifyName = expected === "" ? "" : ` -verify_hostname ${word(expected)}`;
    return section(
      "commands",
      strings.commands,
      command(host, "openssl", `openssl x509 -in chain.pem -noout -text\nopenssl verify -CAfile roots.pem -untrusted chain.pem${verifyName} chain.pem`),
      command(host, "certgate", `certgate inspect chain.pem\ncertgate verify --anchors roots.pem${name} chain.pem`),
    );
  }
  return null;
}

/** A word for POSIX shells. */
function word(text: string): string {
  return /^[\w.*:/@-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function mend(host: Host, answer: MendAnswer | null): HTMLElement | null {
  if (answer === null) {
    return null;
  }
  const { strings } = host;
  return section(
    "mend",
    strings.mend,
    h("p", {}, strings.mendIntro),
    command(host, strings.withOpenssl, answer.openssl),
    h("p", { class: "muted" }, answer.newKey ? strings.mendNewKey : strings.mendKeepKey),
    answer.toReplace.length === 0 ? null : h("p", {}, `${strings.mendReplace}: `, answer.toReplace.map((one) => h("span", { class: "pill" }, shown(one)))),
    answer.leftOut.length === 0
      ? null
      : h("div", { class: "left-out" }, h("h3", {}, strings.mendLeftOut), h("ul", { class: "names" }, answer.leftOut.slice(0, 50).map((one) => h("li", {}, shown(one))))),
    command(host, strings.withCertManager, answer.certManager),
  );
}

export interface Saves {
  pem(): string | null;
  json(): unknown;
  sarif(): Promise<unknown>;
}

export function downloads(host: Host, saves: Saves): HTMLElement {
  const { strings } = host;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const pem = saves.pem();
  return section(
    "save",
    strings.save,
    h(
      "div",
      { class: "buttons" },
      pem === null ? null : h("button", { type: "button", onclick: () => host.download("certgate.pem", "application/x-pem-file", pem) }, strings.savePem),
      h("button", { type: "button", onclick: () => host.download("certgate.json", "application/json", json(saves.json())) }, strings.saveJson),
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            void saves.sarif().then((log) => host.download("certgate.sarif", "application/sarif+json", json(log)));
          },
        },
        strings.saveSarif,
      ),
      h("button", { type: "button", onclick: () => window.print() }, strings.print),
    ),
  );
}
