/** Nothing leaves the page: the policy of the page, the network log, and private keys. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { dist, launch, open, paste, root, serve, serveSite, verdict } from "./browser.js";
import { example, keyFiles, keys } from "./fixtures.js";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("after load nothing is requested but the page's own files by the service worker, and offline it still works", async () => {
  const host = await serveSite();
  const seen = [];
  browser.context.on("request", (request) => seen.push(request.url()));
  const { page, faults } = await open(browser.context, host.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const own = ["/", "/manifest.webmanifest", "/icon.svg", "/sw.js"];
  assert.deepEqual(host.requests.filter((path) => !own.includes(path)), []);
  const loaded = seen.length;
  const served = host.requests.length;
  for (const name of ["allowed", "denied", "chain"]) {
    await paste(page, example(name));
    await verdict(page);
  }
  await page.locator("certgate-checker #host").fill("www.team.example.com");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.waitForTimeout(300);
  assert.deepEqual(seen.slice(loaded).filter((url) => !url.startsWith("blob:")), []);
  assert.equal(host.requests.length, served);
  assert.deepEqual(faults, []);
  await host.stop();
  await page.reload();
  await paste(page, example("allowed"));
  assert.match(await verdict(page), /^Allowed/);
  await page.close();
});

test("the page cannot connect, load, frame, or send a form, and makes no script of text", async () => {
  const { page } = await open(browser.context);
  const refused = await page.evaluate(async () => {
    const out = {};
    const url = "http://localhost:9/";
    out.fetch = await fetch(url).then(() => "sent", (error) => error.name);
    out.beacon = navigator.sendBeacon(url, "x");
    out.socket = await new Promise((resolve) => {
      try {
        const socket = new WebSocket("ws://localhost:9/");
        socket.onerror = () => resolve("refused");
        socket.onopen = () => resolve("open");
      } catch (error) {
        resolve(error.name);
      }
    });
    out.image = await new Promise((resolve) => {
      const image = new Image();
      image.onerror = () => resolve("refused");
      image.onload = () => resolve("loaded");
      image.src = `${url}x.png`;
    });
    const tries = {
      markup: () => { document.createElement("div").innerHTML = "<b>x</b>"; },
      worker: () => new Worker("data:text/javascript,1"),
      policy: () => trustedTypes.createPolicy("another", {}),
    };
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        attempt();
        out[name] = "done";
      } catch (error) {
        out[name] = error.name;
      }
    }
    return out;
  });
  assert.deepEqual(refused, { fetch: "TypeError", beacon: refused.beacon, socket: refused.socket, image: "refused", markup: "TypeError", worker: "TypeError", policy: "TypeError" });
  assert.notEqual(refused.socket, "open");
  const violations = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true });
        navigator.sendBeacon("http://localhost:9/", "x");
      }),
  );
  assert.equal(violations, "connect-src");
  await page.close();
});

test("the element in another page asks no more than the documentation says", async () => {
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'none'; require-trusted-types-for 'script'; trusted-types certgate-worker";
  const host = await serve({
    "/": ["text/html", '<!doctype html><html lang="en"><title>Other</title><certgate-checker policy="mtls-client"></certgate-checker><script type="module" src="/other.js"></script></html>'],
    "/other.js": ["text/javascript", 'import { define } from "./certgate-checker.js";\ndefine();\n'],
    "/certgate-checker.js": ["text/javascript", readFileSync(join(dist, "certgate-checker.js"))],
  }, { "Content-Security-Policy": policy });
  const { page, faults } = await open(browser.context, host.url);
  await paste(page, example("allowed"));
  assert.match(await verdict(page), /^Denied by policy mtls-client/);
  const seen = host.requests.length;
  await page.locator("certgate-checker").evaluate((checker) => checker.usePolicy("private-web"));
  await page.locator("certgate-checker #verdict.good").waitFor();
  assert.equal(host.requests.length, seen);
  assert.deepEqual(faults.filter((text) => !text.includes("favicon")), []);
  await page.close();
  await host.stop();
});

/** All text of the page, its fields, and what the fields can undo. */
const everything = (page) =>
  page.evaluate(() => {
    const { shadowRoot } = document.querySelector("certgate-checker");
    const fields = Array.from(shadowRoot.querySelectorAll("input, textarea"), (field) => field.value);
    return [document.documentElement.outerHTML.replace(/<script[\s\S]*<\/script>/, ""), shadowRoot.textContent, ...fields].join("\n");
  });

/** Parts of a key that would betray it: long words, but for those that the request of the example has too. */
const secrets = (text) => (text.match(/[A-Za-z0-9+/]{24,}/g) ?? []).map((word) => word.slice(0, 24)).filter((word) => !example("allowed").includes(word));

test("a private key in any form is refused, wiped and never shown", async () => {
  const { page, faults } = await open(browser.context);
  const check = async (form, parts) => {
    await page.locator("certgate-checker .secret").waitFor();
    assert.match(await page.locator("certgate-checker .secret").innerText(), /private key[\s\S]*make a new key/, form);
    assert.equal(await page.locator("certgate-checker #input").inputValue(), "", form);
    const shown = await everything(page);
    for (const part of parts) {
      assert.equal(shown.includes(part), false, `${form}: shown`);
    }
  };
  for (const [form, text] of Object.entries(keys())) {
    await paste(page, example("allowed"));
    await page.locator("certgate-checker #verdict.good").waitFor();
    await paste(page, text);
    await check(form, secrets(text));
    await page.locator("certgate-checker #input").focus();
    await page.keyboard.press("Control+Z");
    await check(`${form}, undone`, secrets(text));
  }
  for (const [name, bytes] of Object.entries(keyFiles())) {
    await paste(page, example("allowed"));
    await page.locator("certgate-checker #verdict.good").waitFor();
    await page.locator("certgate-checker #file").setInputFiles({ name, mimeType: "", buffer: bytes });
    await check(name, []);
  }
  assert.deepEqual(faults, []);
  await page.close();
});

test("a private key that is typed, or put among the trust anchors, is wiped too", async () => {
  const { page } = await open(browser.context);
  const key = keys()["PKCS #8"];
  await page.locator("certgate-checker #input").fill(key);
  await page.locator("certgate-checker .secret").waitFor();
  assert.equal(await page.locator("certgate-checker #input").inputValue(), "");
  await paste(page, example("chain"));
  await page.locator("certgate-checker #trust-offer").waitFor();
  await page.getByText("Trust", { exact: true }).first().click();
  await paste(page, key, "#anchors");
  await page.locator("certgate-checker .secret").waitFor();
  assert.equal(await page.locator("certgate-checker #anchors").inputValue(), "");
  await page.close();
});

/** Every text field but the main one. */
const FIELDS = ["policy-text", "host", "anchors", "username", "groups", "namespace", "signerName", "duration", "facts", "at"];

test("a private key in any other text field is refused and wiped, typed or pasted, and cannot be brought back", async () => {
  const { page, faults } = await open(browser.context);
  const key = keys()["PKCS #8"];
  const at = (selector) => page.locator(`certgate-checker ${selector}`);
  for (const id of FIELDS) {
    for (const how of ["typed", "pasted"]) {
      await paste(page, example("chain"));
      await at("#trust-offer").waitFor();
      await at(".ask details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
      await (how === "typed" ? at(`#${id}`).fill(key) : paste(page, key, `#${id}`));
      await at(".secret").waitFor();
      // The worker has answered about the new form, and the notice stays.
      await at(".policy-state", { hasText: "private-web" }).waitFor({ state: "attached" });
      assert.ok(await at(".secret").isVisible(), `${id}, ${how}`);
      await at(`#${id}`).evaluate((field) => field.focus());
      await page.keyboard.press("Control+Z");
      const shown = await everything(page);
      for (const part of secrets(key)) {
        assert.equal(shown.includes(part), false, `${id}, ${how}`);
      }
    }
  }
  assert.equal(await at("#policy-choice").inputValue(), "private-web");
  assert.deepEqual(faults, []);
  await page.close();
});

test("no link holds a private key, and what stood beside the key stays", async () => {
  const { page } = await open(browser.context);
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const at = (selector) => page.locator(`certgate-checker ${selector}`);
  await page.evaluate(() => navigator.clipboard.writeText("before"));
  await at(".ask details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
  await at("#namespace").fill("team");
  // A text that comes into the field without an event, as from an extension of the browser.
  await at("#policy-text").evaluate((field, text) => (field.value = text), keys()["PKCS #8"]);
  await page.getByRole("button", { name: "Copy link with this policy" }).click();
  await at(".secret").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "before");
  assert.match(await at("#policy-text").inputValue(), /^id: private-web/m);
  assert.equal(await at("#namespace").inputValue(), "team");
  await page.close();
});

test("the worker that has read a private key is ended", async () => {
  const { page } = await open(browser.context);
  const [worker] = page.workers();
  const ended = new Promise((resolve) => worker.on("close", resolve));
  await paste(page, keys()["PKCS #8"]);
  await page.locator("certgate-checker .secret").waitFor();
  await ended;
  await paste(page, example("allowed"));
  await page.locator("certgate-checker #verdict.good").waitFor();
  await page.close();
});

test("a new version replaces the page, whatever the cache of HTTP holds", async () => {
  const script = readFileSync(join(root, "src/sw.js"), "utf8");
  const headers = { "Cache-Control": "max-age=600" };
  const files = { "/manifest.webmanifest": ["application/manifest+json", "{}"], "/icon.svg": ["image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"] };
  const release = (version) => {
    files["/"] = ["text/html", `<!doctype html><title>${version}</title><script>navigator.serviceWorker.register("./sw.js")</script>`, headers];
    files["/sw.js"] = ["text/javascript", script.replace("%VERSION%", version)];
  };
  release("first");
  const host = await serve(files);
  const page = await browser.context.newPage();
  await page.goto(host.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  release("second");
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()));
  const kept = () => page.evaluate(() => caches.open("certgate-second").then((cache) => cache.match("./")).then((page) => page?.text()));
  for (let tries = 0; (await kept()) === undefined; tries += 1) {
    assert.ok(tries < 100, "the new version is installed");
    await page.waitForTimeout(100);
  }
  assert.match(await kept(), /<title>second</);
  await page.close();
  await host.stop();
});

test("static hosts have the page asked for anew", async () => {
  const file = (name) => readFileSync(join(dist, "site", name), "utf8");
  assert.equal(file("_headers").match(/Cache-Control: no-cache/g)?.length, 3);
  assert.equal(file("nginx.conf").match(/add_header Cache-Control "no-cache" always;/g)?.length, 3);
  for (const { source, headers } of JSON.parse(file("vercel.json")).headers) {
    assert.ok(headers.some(({ key, value }) => key === "Cache-Control" && value === "no-cache"), source);
  }
});

test("an element in another page takes no policy of the address, waits until it is attached, and tells of every change", async () => {
  const host = await serve({
    "/": ["text/html", '<!doctype html><html lang="en"><title>Other</title><script type="module" src="/other.js"></script></html>'],
    "/other.js": ["text/javascript", 'import { define } from "./certgate-checker.js";\ndefine();\n'],
    "/certgate-checker.js": ["text/javascript", readFileSync(join(dist, "certgate-checker.js"))],
  });
  const page = await browser.context.newPage();
  await page.goto(`${host.url}#policy=gateway`);
  await page.waitForFunction(() => customElements.get("certgate-checker") !== undefined);
  await page.evaluate((text) => {
    const checker = document.createElement("certgate-checker");
    window.told = [];
    checker.addEventListener("verdict", ({ detail }) => window.told.push(`${detail.word} ${detail.tone}`));
    checker.usePolicy("mtls-client");
    void checker.check("request.pem", new TextEncoder().encode(text));
    document.body.append(checker);
  }, example("allowed"));
  assert.match(await verdict(page), /^Denied by policy mtls-client/);
  assert.equal(await page.locator("certgate-checker").getByText("Copy link").count(), 0);
  await page.locator("certgate-checker #input").fill("");
  await page.locator("certgate-checker .empty").waitFor();
  await paste(page, keys()["PKCS #8"]);
  await page.locator("certgate-checker .secret").waitFor();
  assert.deepEqual(await page.evaluate(() => window.told), ["Denied bad", " plain", "Refused bad"]);
  await page.close();
  await host.stop();
});
