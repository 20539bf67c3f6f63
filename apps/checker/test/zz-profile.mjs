import { launch, open, paste, verdict } from "./browser.js";
import { example, request, requestWithNames } from "./fixtures.js";
const browser = await launch({ offline: true });
const { page } = await open(browser.context);
const cdp = await browser.context.newCDPSession(page);
await page.evaluate(() => { globalThis.tasks = []; new PerformanceObserver((l) => globalThis.tasks.push(...l.getEntries().map((e) => [Math.round(e.startTime), Math.round(e.duration)]))).observe({ type: "longtask" }); });
await cdp.send("Performance.enable");
const metrics = async () => Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
async function given(text) { await page.evaluate((t) => { globalThis.given = t; }, text); await page.waitForTimeout(200); await page.evaluate(() => globalThis.tasks.splice(0)); }
async function pasteGiven() { await page.evaluate(() => { const field = document.querySelector("certgate-checker").shadowRoot.querySelector("#input"); field.focus(); field.select(); const data = new DataTransfer(); data.setData("text/plain", globalThis.given); setTimeout(() => field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })), 100); }); await page.waitForTimeout(500); }
async function measure(what, act) {
  const before = await metrics();
  await act();
  await page.waitForTimeout(300);
  const after = await metrics();
  console.log(what, JSON.stringify(await page.evaluate(() => globalThis.tasks.splice(0))), ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration"].map((n) => `${n} ${((after[n] - before[n]) * 1000).toFixed(0)}`).join(" "), after.Nodes - before.Nodes);
}
async function pasted(what, text) { await given(text); await measure(what, async () => { await pasteGiven(); await page.locator("certgate-checker .out:not([aria-busy]) #verdict").waitFor(); }); }
const nine = requestWithNames(Array.from({ length: 900 }, (_, i) => `host-${i}.other.example.com`));
const ten = requestWithNames(Array.from({ length: 10000 }, (_, i) => `host-${i}.team.example.com`));
await pasted("10000", ten);
await pasted("900", nine);
await measure("900 more", async () => { await page.locator("certgate-checker #fields .lengthy > button").first().click(); });
await pasted("allowed", example("allowed"));
await pasted("denied", example("denied"));
await pasted("text", `-----BEGIN CERTIFICATE REQUEST-----\n${"A".repeat(3_000_000)}\n`);
await pasted("lines", `-----BEGIN CERTIFICATE REQUEST-----\n${`${"A".repeat(64)}\n`.repeat(40000)}\n`);
await browser.close();
