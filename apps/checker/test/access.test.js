/** WCAG 2.2 AA by axe-core in every state, the keyboard alone, narrow and wide, without motion. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, paste, verdict } from "./browser.js";
import { example, keys, request, revocationList } from "./fixtures.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const heavy = process.env.CERTGATE_HEAVY === "1";

let browser;
before(async () => {
  // axe-core is put into the page by the test; the page's own policy would refuse it.
  browser = await launch({ offline: true, bypassCSP: true });
});
after(() => browser.close());

async function violations(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    await page.evaluate(axe);
  }
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)}: ${failureSummary}`));
}

const at = (page, selector) => page.locator(`certgate-checker ${selector}`);

const STATES = {
  empty: async () => {},
  allowed: async (page) => {
    await paste(page, example("allowed"));
    await verdict(page);
  },
  "denied, with every part open": async (page) => {
    await paste(page, example("denied"));
    await verdict(page);
    await at(page, "details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
    await at(page, "#host").fill("other.example.com");
    await at(page, ".host-out .mark").waitFor();
    await at(page, '[data-offset="8"]').click();
  },
  "a policy with faults, and suggestions": async (page) => {
    await at(page, ".fold summary").first().click();
    await at(page, "#policy-text").fill("version: 1\nkeys: never\n");
    await at(page, ".stripe.faulty").waitFor();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Control+Space");
    await at(page, ".suggestions li").first().waitFor();
  },
  "a chain": async (page) => {
    await paste(page, example("chain"));
    await at(page, "#trust-offer button").click();
    await at(page, ".path").first().waitFor();
    await at(page, ".path summary").first().click();
  },
  "a path that stops": async (page) => {
    const chain = example("chain").split(/(?<=-----END CERTIFICATE-----\n)/);
    await paste(page, chain[0] + chain[2]);
    await at(page, "#trust-offer button").click();
    await at(page, ".path.stops").first().waitFor();
  },
  "a revocation list": async (page) => {
    await paste(page, revocationList());
    await at(page, "#lists").waitFor();
  },
  "a private key": async (page) => {
    await paste(page, keys()["PKCS #8"]);
    await at(page, ".secret").waitFor();
  },
  unreadable: async (page) => {
    await paste(page, "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n");
    await verdict(page);
  },
  "strange characters": async (page) => {
    await paste(page, request("/CN=\u202emoc\u200b", "subjectAltName=DNS:a.example.com"));
    await verdict(page);
  },
};

const looks = heavy
  ? ["light", "dark"].flatMap((colorScheme) => [320, 768, 1280].flatMap((width) => ["en", "fr"].map((lang) => ({ colorScheme, width, lang }))))
  : [{ colorScheme: "light", width: 1280, lang: "en" }, { colorScheme: "dark", width: 320, lang: "fr" }];

/** One page for each look: axe-core is slow until the browser has compiled it. Each state begins with a fresh element. */
const pages = new Map();

async function pageOf(look) {
  if (!pages.has(look)) {
    const { page } = await open(browser.context);
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize({ width: look.width, height: 900 });
    await page.locator("header select").first().selectOption(look.lang);
    pages.set(look, page);
  }
  const page = pages.get(look);
  await page.bringToFront();
  await page.locator("certgate-checker").evaluate((checker) => checker.parentElement.append(checker));
  await at(page, ".out:not([aria-busy]) .empty").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  return page;
}

for (const [state, reach] of Object.entries(STATES)) {
  test(`axe-core finds nothing: ${state}`, async () => {
    for (const look of looks) {
      const page = await pageOf(look);
      await reach(page);
      const { colorScheme, width, lang } = look;
      assert.deepEqual(await violations(page), [], `${colorScheme}, ${width}, ${lang}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${state} at ${width}: ${overflow} px wider than the window`);
    }
  });
}

test("targets are at least 24 by 24 pixels", async () => {
  const { page } = await open(browser.context);
  await STATES["denied, with every part open"](page);
  const small = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector("certgate-checker");
    const targets = [...shadowRoot.querySelectorAll("button, select, input, summary"), ...document.querySelectorAll("header button, header select")];
    const seen = targets.filter((one) => !one.classList.contains("visually-hidden") && one.checkVisibility());
    return seen.map((one) => ({ text: one.textContent.slice(0, 30), box: one.getBoundingClientRect() })).filter(({ box }) => box.height < 24 || box.width < 24).map(({ text, box }) => `${text} ${box.width}x${box.height}`);
  });
  assert.deepEqual(small, []);
  await page.close();
});

test("everything can be done by the keyboard, and the focus is seen", async () => {
  const { page } = await open(browser.context);
  const focused = () =>
    page.evaluate(() => {
      let one = document.activeElement;
      while (one?.shadowRoot?.activeElement) {
        one = one.shadowRoot.activeElement;
      }
      const style = getComputedStyle(one.matches('[role="treeitem"]') ? one.querySelector(".line") : one.closest(".editor") ?? one);
      return { id: one.id, name: one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 40), role: one.getAttribute("role") ?? one.tagName.toLowerCase(), outline: style.outlineStyle !== "none" };
    });
  await page.keyboard.press("Tab");
  assert.match((await focused()).name, /Skip/);
  const reached = [];
  const walk = async (until, most = 80) => {
    for (let step = 0; step < most; step += 1) {
      await page.keyboard.press("Tab");
      const here = await focused();
      reached.push(here);
      if (until(here)) {
        return here;
      }
    }
    throw new Error(`not reached: ${JSON.stringify(reached.slice(-12))}`);
  };
  await walk(({ id }) => id === "input");
  await page.keyboard.insertText(example("denied"));
  assert.match(await verdict(page), /^Denied/);
  await walk(({ id }) => id === "policy-choice");
  await walk(({ role }) => role === "summary");
  await page.keyboard.press("Enter");
  await walk(({ id }) => id === "policy-text");
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("des");
  await at(page, ".suggestions li").first().waitFor();
  await page.keyboard.press("Escape");
  // The answer to the changed policy replaces the one before, and what has the focus in it.
  await at(page, "button").filter({ hasText: /^line \d/ }).first().waitFor();
  await walk(({ name }) => /^bytes \d/.test(name));
  await page.keyboard.press("Enter");
  await walk(({ role }) => role === "treeitem");
  const before = (await focused()).name;
  await page.keyboard.press("ArrowDown");
  assert.notEqual((await focused()).name, before);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await at(page, '[role="treeitem"]').first().getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  await walk(({ role }) => role === "grid");
  await page.keyboard.press("ArrowRight");
  assert.equal(await at(page, ".byte.cursor").count(), 1);
  await walk(({ name }) => name === "SARIF");
  assert.deepEqual(reached.filter(({ outline }) => !outline).map(({ role, id, name }) => `${role} ${id} ${name}`), []);
  await page.close();
});

test("the verdict is told to screen readers, and headings are in order", async () => {
  const { page } = await open(browser.context);
  await paste(page, example("denied"));
  await verdict(page);
  assert.match(await at(page, '[role="status"]').innerText(), /Denied by policy private-web/);
  const levels = await page.evaluate(() => [1, ...Array.from(document.querySelector("certgate-checker").shadowRoot.querySelectorAll("h2, h3"), (one) => Number(one.tagName[1]))]);
  assert.ok(levels.every((level, index) => index === 0 || level <= levels[index - 1] + 1));
  await page.close();
});

test("nothing moves where motion is not wanted", async () => {
  const { page } = await open(browser.context);
  await STATES.allowed(page);
  const moving = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector("certgate-checker");
    return Array.from(shadowRoot.querySelectorAll("*")).filter((one) => getComputedStyle(one).transitionDuration.split(",").some((time) => Number.parseFloat(time) > 0)).length;
  });
  assert.equal(moving, 0);
  await page.close();
});
