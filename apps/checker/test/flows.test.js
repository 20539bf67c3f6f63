/** What people do with the page, in Chromium, from the saved single file with the network off. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { dist, launch, open, paste, verdict } from "./browser.js";
import { example, inFolder, openssl, opensslBytes, pkcs7, request, revocationList } from "./fixtures.js";

let browser;
let page;
let faults;
const at = (selector, options) => page.locator(`certgate-checker ${selector}`, options);

before(async () => {
  browser = await launch({ offline: true });
});
after(() => browser.close());
beforeEach(async () => {
  await page?.close();
  ({ page, faults } = await open(browser.context));
});

const choosePolicy = (name) => at("#policy-choice").selectOption(name);

async function drop(selector, files) {
  await at(selector).evaluate((target, given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    target.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })));
}

test("a request that is allowed: verdict, fields, and the certificate that would be issued", async () => {
  await paste(page, example("allowed"));
  assert.match(await verdict(page), /^Allowed by policy private-web/);
  assert.match(await at("#fields").innerText(), /www\.team\.example\.com/);
  assert.match(await at("#keys").innerText(), /P-256/);
  assert.match(await at("#keys").innerText(), /the sender holds the key/);
  assert.match(await at("#issued").innerText(), /serverAuth/);
  assert.equal(await at("#reasons").count(), 0);
  assert.deepEqual(faults, []);
});

test("a request that is denied: each reason has its field and the line of the policy", async () => {
  await paste(page, example("denied"));
  assert.match(await verdict(page), /^Denied by policy private-web/);
  const reason = at("#reasons .reason", { hasText: "dns-not-allowed" }).filter({ hasText: "policy/dns-not-allowed" }).first();
  assert.match(await reason.locator(".where").innerText(), /extensions\.subjectAltName\[0\]/);
  assert.match(await reason.locator(".policy-line").innerText(), /line \d+\s+dns: \{ allow/);
  await reason.locator(".policy-line").click();
  assert.match(await at("#policy-text").evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd)), /dns: \{ allow/);
  assert.match(await at("#issued").innerText(), /None/);
  const marked = await at("#fields .row.denied dt").allInnerTexts();
  assert.deepEqual(marked, ["organizationName", "dNSName", "iPAddress", "extendedKeyUsage", "basicConstraints"], "each denied field is marked, and no other");
  await reason.locator(".bytes-link").click();
  assert.ok((await at(".byte.marked").count()) > 0, "bytes are marked");
  assert.match(await at('[role="treeitem"][aria-selected="true"] > .line').innerText(), /dNSName|db\.internal/);
});

test("the mended request is allowed", async () => {
  await paste(page, example("denied"));
  await verdict(page);
  const command = await at("#mend pre").first().innerText();
  assert.match(await at("#mend").innerText(), /kind: Certificate/);
  const mended = inFolder((folder) => {
    execFileSync("sh", ["-c", command], { cwd: folder, stdio: "ignore" });
    return readFileSync(join(folder, "request.pem"), "utf8");
  });
  await paste(page, mended);
  assert.match(await verdict(page), /^Allowed/);
});

test("typing gives the verdict without a button", async () => {
  await at("#input").fill(example("allowed"));
  assert.match(await verdict(page), /^Allowed/);
});

test("DER, bare base64, Windows labels and PKCS #7", async () => {
  const pem = example("allowed");
  const der = opensslBytes(["req", "-outform", "DER"], pem);
  await drop(".input-pane", [{ name: "request.der", bytes: der }]);
  assert.match(await verdict(page), /^Allowed/);
  await paste(page, der.toString("base64"));
  assert.match(await verdict(page), /^Allowed/);
  await paste(page, pem.replaceAll("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST").replaceAll("\n", "\r\n"));
  assert.match(await verdict(page), /^Allowed/);
  await paste(page, pkcs7());
  await at(".picker").waitFor();
  assert.equal(await at(".picker button").count(), 3);
});

test("a chain: trust on request, the path that holds, the path that does not", async () => {
  await paste(page, example("chain"));
  assert.match(await verdict(page), /^Not verified yet/);
  await at("#trust-offer button").click();
  await at("#verdict.good").waitFor();
  assert.match(await verdict(page), /^Verified/);
  assert.equal(await at(".path.holds svg .box").count(), 3);
  await at("#host").fill("other.example.com");
  await at("#verdict.bad").waitFor();
  assert.match(await at("#paths, #reasons").first().innerText(), /other\.example\.com|stopped/);
  await at("#host").fill("api.team.example.com");
  await at("#verdict.good").waitFor();
  const chain = example("chain").split(/(?<=-----END CERTIFICATE-----\n)/);
  await paste(page, chain[0] + chain[2]);
  await at("#verdict.bad").waitFor();
  assert.ok((await at(".path.stops svg .mark.bad").count()) > 0, "a path that stopped is drawn");
});

test("a revocation list", async () => {
  await paste(page, revocationList());
  await at("#lists").waitFor();
  assert.match(await at("#lists").innerText(), /List CA[\s\S]*1 revoked certificate[\s\S]*keyCompromise/);
});

test("the expected name", async () => {
  await paste(page, example("allowed"));
  await at("#host").fill("www.team.example.com");
  await at(".host-out .mark.good").waitFor();
  await at("#host").fill("db.team.example.com");
  await at(".host-out .mark.error").waitFor();
});

test("policies: ready-made, by file, in the address, none", async () => {
  await paste(page, example("allowed"));
  await choosePolicy("mtls-client");
  await at("#verdict.bad").waitFor();
  assert.match(await verdict(page), /^Denied by policy mtls-client/);
  const own = "version: 1\nid: mine\nnames:\n  dns: { allow: [\"*.team.example.com\"] }\nkeys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { max: 30d }\n";
  await drop(".input-pane", [{ name: "policy.yaml", bytes: Buffer.from(own) }]);
  await page.waitForFunction(() => document.querySelector("certgate-checker").shadowRoot.querySelector("#policy-choice").value === "own");
  await paste(page, example("allowed"));
  await page.waitForFunction(() => /mine/.test(document.querySelector("certgate-checker").shadowRoot.querySelector("#verdict")?.textContent ?? ""));
  await choosePolicy("none");
  await page.waitForFunction(() => /^Readable/.test(document.querySelector("certgate-checker").shadowRoot.querySelector("#verdict h2")?.textContent ?? ""));
});

test("the policy in the address", async () => {
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await at(".fold summary").first().click();
  await at("#policy-text").fill("version: 1\nid: linked\nkeys: { EC: [P-256] }\nnames: { dns: { allow: [\"*.team.example.com\"] } }\nvalidity: { default: 1h, max: 1d }\n");
  await page.getByRole("button", { name: "Copy link with this policy" }).click();
  await at(".note:not([hidden])").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#policy-text=/);
  const { page: second } = await open(browser.context, link);
  await second.locator("certgate-checker .policy-state").getByText("linked").waitFor();
  await second.close();
  const { page: third } = await open(browser.context, `${link.replace(/#.*/, "")}#policy=gateway`);
  assert.equal(await third.locator("certgate-checker #policy-choice").inputValue(), "gateway");
  await third.close();
});

test("the editor: faults at their lines, completion, live verdict", async () => {
  await paste(page, example("allowed"));
  await verdict(page);
  await at(".fold summary").first().click();
  const editor = at("#policy-text");
  await editor.fill("version: 1\nid: x\nkeys: { EC: [P-256] }\nvalidity: { max: never }\n");
  await at(".stripe.faulty").waitFor();
  assert.match(await at(".policy-state").innerText(), /line 4, column \d+/);
  await at(".policy-state .bytes-link").first().click();
  await editor.fill("version: 1\nid: x\n");
  await editor.focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("vali");
  await at(".suggestions li").first().waitFor();
  assert.match(await at(".suggestions li").first().innerText(), /^validity/);
  await page.keyboard.press("Enter");
  assert.match(await editor.inputValue(), /\nvalidity: $/);
  await page.keyboard.type("{ max: 1d, overMax: ");
  await page.keyboard.press("Control+Space");
  await at(".suggestions li").first().waitFor();
  assert.match(await at(".suggestions").innerText(), /clamp/);
  await page.keyboard.press("Escape");
  assert.ok(await at(".suggestions").isHidden());
});

test("circumstances reach the policy", async () => {
  await choosePolicy("gateway");
  await paste(page, request("/CN=shop.example.com", "subjectAltName=DNS:shop.example.com"));
  await at("#verdict.bad").waitFor();
  await page.getByText("Circumstances").click();
  await at("#namespace").fill("gateway-public");
  await at("#facts").fill("listenerHosts=shop.example.com, www.example.com");
  await at("#verdict.good").waitFor();
});

test("tree and bytes are linked both ways", async () => {
  await paste(page, example("allowed"));
  await verdict(page);
  await at("#asn1").scrollIntoViewIfNeeded();
  await at('[data-offset="8"]').click();
  assert.ok((await at('[role="treeitem"][aria-selected="true"]').count()) === 1);
  const name = at('[role="treeitem"] > .line', { hasText: "subjectPKInfo" }).filter({ hasText: "subjectPKInfo" }).last();
  await name.click();
  assert.ok((await at(".byte.head").count()) >= 2);
});

test("a damaged encoding is shown up to its fault", async () => {
  const der = opensslBytes(["req", "-outform", "DER"], example("allowed"));
  const damaged = Buffer.from(der);
  damaged[13] = 0x80;
  await drop(".input-pane", [{ name: "damaged.der", bytes: damaged }]);
  await at("#verdict.bad").waitFor();
  assert.match(await verdict(page), /Cannot be read/);
  assert.match(await at(".tree").innerText(), /version/);
  assert.match(await at("#asn1 > .mark.error").innerText(), /^(error )?The tree ends at byte 12 of \d+: an indefinite length is BER/m);
  // One that breaks off is shown as far as it goes, and why.
  await drop(".input-pane", [{ name: "cut.der", bytes: der.subarray(0, der.length - 30) }]);
  await at("#asn1 > .mark.error", { hasText: "fewer are left" }).waitFor();
  assert.match(await at(".tree").innerText(), /SEQUENCE breaks off: \d+ of \d+ bytes/);
  await at('[data-offset="8"].byte').click();
  assert.equal(await at(".byte.cursor").getAttribute("data-offset"), "8");
});

test("downloads: PEM, JSON, SARIF", async () => {
  await paste(page, example("denied"));
  await verdict(page);
  const take = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  assert.equal(openssl(["req", "-noout", "-subject"], await take("PEM")).includes("db.internal"), true);
  const json = JSON.parse(await take("JSON"));
  assert.equal(json.outcome, "denied");
  assert.equal(json.reasons.some(({ code }) => code === "policy/dns-not-allowed"), true);
  const sarif = JSON.parse(await take("SARIF"));
  assert.equal(sarif.version, "2.1.0");
  assert.equal(sarif.runs[0].results.length > 0, true);
});

test("the saved page is the published file, byte for byte", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save this page" }).click()]);
  const saved = readFileSync(await download.path());
  assert.ok(saved.equals(readFileSync(join(dist, "certgate-checker.html"))));
});

test("French", async () => {
  await page.getByLabel("Language").selectOption("fr");
  await paste(page, example("denied"));
  assert.match(await verdict(page), /^Refusée par la politique private-web/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "fr");
});

test("what was entered outlives a change of language", async () => {
  await paste(page, example("chain"));
  await at("#trust-offer button").click();
  await at("#verdict.good").waitFor();
  await at("#purpose").selectOption("serverAuth");
  await page.getByText("Circumstances").click();
  await at("#namespace").fill("team");
  await page.getByLabel("Language").selectOption("fr");
  await page.waitForFunction(() => /^Vérifié/.test(document.querySelector("certgate-checker").shadowRoot.querySelector("#verdict h2")?.textContent ?? ""));
  assert.equal(await at("#purpose").inputValue(), "serverAuth");
  assert.equal(await at("#namespace").inputValue(), "team");
  assert.ok(await at("#namespace").isVisible(), "what was open stays open");
  assert.ok(await at("#trust-input").isChecked());
  assert.equal(await at("#input").inputValue(), example("chain"));
});

test("the printed report has the verdict and no controls", async () => {
  await paste(page, example("denied"));
  await verdict(page);
  await page.emulateMedia({ media: "print" });
  assert.ok(await at("#verdict").isVisible());
  assert.ok(await at("#input").isHidden());
  assert.ok(await at(".print-only").isVisible());
});

test("commands do what they say", async () => {
  await paste(page, example("allowed"));
  await verdict(page);
  const command = await at("#commands pre").first().innerText();
  const out = inFolder((folder) => {
    writeFileSync(join(folder, "request.pem"), example("allowed"));
    return execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  });
  assert.match(out, /api\.team\.example\.com/);
});

/** Opens all that is folded in the form. */
const unfold = () => at(".ask details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
const shellCommand = () => at("#commands pre").last().innerText();
/** Waits for an announcement. */
const announced = (text) => at('[role="status"]', { hasText: text }).waitFor({ state: "attached" });

test("any purpose is any, and the command says which", async () => {
  const chain = inFolder((folder) => {
    const file = (name) => join(folder, name);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    openssl(["req", "-x509", ...key, "-keyout", file("ca.key"), "-subj", "/CN=Root", "-out", file("ca.pem"), "-days", "20000", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
    openssl(["req", "-x509", ...key, "-keyout", file("key"), "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-subj", "/CN=client", "-out", file("client.pem"), "-days", "10000", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth", "-addext", "keyUsage=critical,digitalSignature"]);
    return readFileSync(file("client.pem"), "utf8") + readFileSync(file("ca.pem"), "utf8");
  });
  await paste(page, chain);
  await at("#trust-offer button").click();
  await at("#verdict.good").waitFor();
  assert.match(await shellCommand(), /--purpose any /);
  await at("#purpose").selectOption("serverAuth");
  await at("#verdict.bad").waitFor();
  assert.match(await shellCommand(), /--purpose server /);
  assert.match(await at("#commands pre").first().innerText(), /-purpose sslserver /);
  await at("#purpose").selectOption("clientAuth");
  await at("#verdict.good").waitFor();
  await at("#profile").selectOption("private");
  await at("#commands", { hasText: "--profile private" }).waitFor();
  await unfold();
  await at("#at").fill("2030-01-01T00:00:00Z");
  await at("#commands", { hasText: "--at 2030-01-01T00:00:00Z" }).waitFor();
  assert.match(await at("#commands pre").first().innerText(), /-attime 1893456000 /);
});

test("a policy that calls itself as a ready-made one does not pass for it", async () => {
  const posing = "version: 1\nid: private-web\nkeys: { EC: [P-256] }\nnames: { dns: { allow: [\"*.team.example.com\"] } }\nusages: { extended: [serverAuth] }\nvalidity: { max: 30d }\n";
  const detail = (text) => at("#verdict p", { hasText: text }).waitFor();
  await paste(page, example("allowed"));
  await verdict(page);
  assert.equal(await at("#verdict", { hasText: "ready-made" }).count(), 0);
  await drop(".input-pane", [{ name: "policy.yaml", bytes: Buffer.from(posing) }]);
  await announced("The input was a policy, and has replaced the policy.");
  await paste(page, example("allowed"));
  await detail("none of the ready-made ones: it came as an input");
  await page.emulateMedia({ media: "print" });
  assert.ok(await at("#verdict p", { hasText: "none of the ready-made ones" }).isVisible());
  await page.emulateMedia({ media: "screen" });
  await unfold();
  await at("#policy-text").fill(`${posing}# mine\n`);
  await detail("it was written in the editor");
  const packed = deflateRawSync(posing).toString("base64url");
  // The page is open: only the part of the address after the hash changes.
  await page.evaluate((hash) => (location.hash = hash), `policy-text=${packed}`);
  await detail("it came with the link");
  await announced("The link has replaced the policy.");
  assert.match(await verdict(page), /by policy private-web/);
  await page.evaluate(() => (location.hash = "policy=private-web"));
  await page.waitForFunction(() => !/ready-made/.test(document.querySelector("certgate-checker").shadowRoot.querySelector("#verdict").textContent));
  assert.equal(await at("#policy-choice").inputValue(), "private-web");
});

test("what is taken away is what was judged: circumstances, time, enforcement", async () => {
  const own = "version: 1\nid: mine\nenforcement: audit\nkeys: { EC: [P-384] }\nnames: { dns: { allow: [\"*.team.example.com\"] } }\nvalidity: { max: 30d }\n";
  await unfold();
  await at("#policy-text").fill(own);
  await at("#namespace").fill("team's");
  await at("#facts").fill("hosts=a.example.com, b.example.com");
  await at("#at").fill("2026-02-03T04:05:06Z");
  await paste(page, example("allowed"));
  await verdict(page);
  const command = await shellCommand();
  assert.match(command, /certgate check --policy policy\.yaml --context context\.json --at 2026-02-03T04:05:06Z request\.pem/);
  const context = inFolder((folder) => {
    execFileSync("sh", ["-c", command.split("\ncertgate ")[0]], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, "context.json"), "utf8"));
  });
  assert.deepEqual(context, { namespace: "team's", facts: { hosts: ["a.example.com", "b.example.com"] } });
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "JSON", exact: true }).click()]);
  assert.equal(JSON.parse(readFileSync(await download.path(), "utf8")).enforcement, "audit");
  assert.match(await at(".print-only").textContent(), /Judged as of 2026-02-03T04:05:06Z/);
});

test("a policy that does not apply denies nothing", async () => {
  await unfold();
  await at("#policy-text").fill("version: 1\nid: mine\nselect: { namespace: [other] }\nkeys: { EC: [P-256] }\nnames: { dns: { allow: [\"*.team.example.com\"] } }\nvalidity: { max: 30d }\n");
  await at("#namespace").fill("team");
  await paste(page, example("allowed"));
  assert.match(await verdict(page), /^Not applicable/);
  assert.match(await at("#issued").innerText(), /None: the policy does not apply to the request\./);
});

test("texts of the page are in the language of the page, those of the engine in English", async () => {
  await page.getByLabel("Language").selectOption("fr");
  await paste(page, example("denied"));
  await verdict(page);
  assert.equal(await at("#verdict .by > span").getAttribute("lang"), "fr");
  assert.equal(await at("#verdict p > span").first().getAttribute("lang"), "fr");
  assert.equal(await at("#reasons .message > span").first().getAttribute("lang"), "en");
});

test("elements beyond the first are reached by keyboard", async () => {
  const names = Array.from({ length: 60 }, (_, index) => `DNS:n${index}.team.example.com`).join(",");
  await paste(page, request("/CN=n0.team.example.com", `subjectAltName=${names}`));
  await verdict(page);
  const more = at('.tree [role="treeitem"]', { hasText: /^Show more \(10 left\)$/ });
  await at('.tree [role="treeitem"]').first().focus();
  const focused = () => at(".tree").evaluate((tree) => ({ text: tree.getRootNode().activeElement.innerText, expanded: tree.getRootNode().activeElement.getAttribute("aria-expanded") }));
  // Everything on the way is opened, until the row has the focus.
  for (let steps = 0, here = await focused(); !/^Show more \(10 left\)$/.test(here.text.trim()); steps += 1, here = await focused()) {
    assert.ok(steps < 200, "the row is reached");
    await page.keyboard.press(here.expanded === "false" ? "ArrowRight" : "ArrowDown");
  }
  await page.keyboard.press("Enter");
  assert.equal(await more.count(), 0);
  assert.match(await at('.tree [role="treeitem"][aria-selected="true"] > .line').innerText(), /n50\.team\.example\.com/);
  assert.ok(await at('.tree [role="treeitem"][aria-selected="true"]').evaluate((row) => row.getRootNode().activeElement === row));
  assert.deepEqual(faults, []);
});
