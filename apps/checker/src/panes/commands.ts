/** Commands: the same on the command line, how to mend the request, and what can be taken away. */

import { h, shown } from "../dom.js";
import type { InputAnswer, MendAnswer, PolicyAnswer } from "../protocol.js";
import type { Asked } from "./parts.js";
import { command, type Host, section } from "./shared.js";

/** Purposes as `certgate verify` and `openssl verify` name them; openssl looks at none unless it is told. */
const PURPOSES: Readonly<Record<string, readonly [string, string | null]>> = {
  any: ["any", null],
  serverAuth: ["server", "sslserver"],
  clientAuth: ["client", "sslclient"],
  codeSigning: ["code", "codesign"],
  emailProtection: ["mail", "smimesign"],
};

export function commands(host: Host, input: InputAnswer, policy: PolicyAnswer | null, asked: Asked): HTMLElement | null {
  const { strings } = host;
  if (input.kind === "request") {
    return section(
      "commands",
      strings.commands,
      command(host, "openssl", "openssl req -in request.pem -noout -text -verify"),
      command(host, "certgate", `${policy === null ? "" : `${check(asked)}\n`}certgate inspect request.pem`),
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
    const [purpose, opensslPurpose] = PURPOSES[asked.purpose] ?? [asked.purpose, null];
    const seconds = Math.floor(Date.parse(asked.at) / 1000);
    const openssl = [
      "openssl verify -CAfile roots.pem -untrusted chain.pem",
      opensslPurpose === null ? "" : ` -purpose ${opensslPurpose}`,
      Number.isNaN(seconds) ? "" : ` -attime ${seconds}`,
      asked.expected === "" ? "" : ` -verify_hostname ${word(asked.expected)}`,
      " chain.pem",
    ];
    const certgate = [
      `certgate verify --anchors roots.pem --purpose ${word(purpose)}`,
      asked.profile === "rfc5280" ? "" : ` --profile ${word(asked.profile)}`,
      at(asked),
      asked.expected === "" ? "" : ` --name ${word(asked.expected)}`,
      " chain.pem",
    ];
    return section(
      "commands",
      strings.commands,
      command(host, "openssl", `openssl x509 -in chain.pem -noout -text\n${openssl.join("")}`),
      command(host, "certgate", `certgate inspect chain.pem\n${certgate.join("")}`),
    );
  }
  return null;
}

/** The decision on the command line, with the circumstances in a file. A line of JSON is never the word that ends it. */
function check(asked: Asked): string {
  const has = Object.keys(asked.context).length > 0;
  const file = has ? `cat > context.json <<'END'\n${JSON.stringify(asked.context, null, 2)}\nEND\n` : "";
  return `${file}certgate check --policy ${word(asked.policy)}${has ? " --context context.json" : ""}${at(asked)} request.pem`;
}

function at({ at: time }: Asked): string {
  return time === "" ? "" : ` --at ${word(time)}`;
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
            void saves.sarif().then(
              (log) => host.download("certgate.sarif", "application/sarif+json", json(log)),
              () => undefined, // the worker has ended meanwhile
            );
          },
        },
        strings.saveSarif,
      ),
      h("button", { type: "button", onclick: () => window.print() }, strings.print),
    ),
  );
}
