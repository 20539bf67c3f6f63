/**
 * Screenshots against the approved ones in `approved/`. `CERTGATE_CHECKER=approve` writes them anew: look at each before it
 * is committed. Fonts are those of Debian; where others are installed the comparison says so by failing.
 */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { launch, open, paste, root, verdict } from "./browser.js";
import { example } from "./fixtures.js";

const approved = join(root, "test/approved");
const found = join(root, "dist/found");
const mode = process.env.CERTGATE_CHECKER ?? (process.env.CERTGATE_HEAVY === "1" ? "heavy" : "quick");
/** Share of pixels that may differ: anti-aliasing of another version of the browser. */
const TOLERANCE = 0.01;

const STATES = {
  empty: async () => {},
  denied: async (page) => {
    await paste(page, example("denied"));
    await verdict(page);
  },
  chain: async (page) => {
    await paste(page, example("chain"));
    await page.locator("certgate-checker #trust-offer button").click();
    await page.locator("certgate-checker .path").first().waitFor();
  },
};

const all = Object.keys(STATES).flatMap((state) => [320, 768, 1440].flatMap((width) => ["light", "dark"].map((scheme) => ({ state, width, scheme }))));
const chosen = mode === "quick" ? all.filter(({ state, width, scheme }) => state === "denied" && (width === 320) === (scheme === "dark") && width !== 768) : all;

let browser;
before(async () => {
  browser = await launch({ offline: true });
});
after(() => browser.close());

for (const { state, width, scheme } of chosen) {
  test(`${state}, ${width} px, ${scheme}`, async () => {
    const { page } = await open(browser.context);
    await page.clock.setFixedTime(new Date("2026-12-01T12:00:00Z"));
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 1000 });
    await STATES[state](page);
    await page.locator("certgate-checker .took").evaluateAll((all) => all.forEach((one) => (one.textContent = "")));
    await page.mouse.move(0, 0);
    const bytes = await page.screenshot({ clip: { x: 0, y: 0, width, height: 1600 }, fullPage: true, caret: "hide", animations: "disabled" });
    await page.close();
    const name = `${state}-${width}-${scheme}.png`;
    const image = PNG.sync.read(bytes);
    const path = join(approved, name);
    if (mode === "approve") {
      mkdirSync(approved, { recursive: true });
      writeFileSync(path, PNG.sync.write(image, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 }));
      return;
    }
    assert.ok(existsSync(path), `${name} is not approved`);
    const expected = PNG.sync.read(readFileSync(path));
    assert.deepEqual([image.width, image.height], [expected.width, expected.height], name);
    const difference = new PNG({ width: image.width, height: image.height });
    const pixels = pixelmatch(image.data, expected.data, difference.data, image.width, image.height, { threshold: 0.2 });
    if (pixels > image.width * image.height * TOLERANCE) {
      mkdirSync(found, { recursive: true });
      writeFileSync(join(found, name), bytes);
      writeFileSync(join(found, `difference-${name}`), PNG.sync.write(difference));
    }
    assert.ok(pixels <= image.width * image.height * TOLERANCE, `${name}: ${pixels} pixels differ; see dist/found`);
  });
}
