import { launch, open, paste, verdict } from "./browser.js";
import { example } from "./fixtures.js";
const browser = await launch({ offline: true });
const at = (page, s) => page.locator(`certgate-checker ${s}`);
for (const [name, width, scheme, act] of [
  ["full-1440", 1440, "light", async (page) => { await paste(page, example("denied")); await verdict(page); await at(page, '[data-offset="8"]').click(); }],
  ["full-320", 320, "dark", async (page) => { await page.locator("header select").first().selectOption("fr"); await paste(page, example("denied")); await verdict(page); }],
  ["allowed-1920", 1920, "dark", async (page) => { await paste(page, example("allowed")); await verdict(page); }],
  ["editor-1280", 1280, "light", async (page) => { await at(page, ".fold summary").first().click(); await at(page, "#policy-text").fill("version: 1\nkeys: never\n"); await at(page, ".stripe.faulty").waitFor(); await page.keyboard.press("Control+End"); await page.keyboard.press("Control+Space"); await page.keyboard.press("ArrowDown"); }],
  ["stops-320", 320, "light", async (page) => { const c = example("chain").split(/(?<=-----END CERTIFICATE-----\n)/); await paste(page, c[0] + c[2]); await at(page, "#trust-offer button").click(); await at(page, ".path.stops").first().waitFor(); }],
]) {
  const { page } = await open(browser.context);
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 900 });
  await act(page);
  await page.screenshot({ path: `/tmp/look-${name}.png`, fullPage: !name.startsWith("editor") });
  await page.close();
}
await browser.close();
