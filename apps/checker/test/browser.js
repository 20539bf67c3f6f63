/** Chromium with the page in it, and what its network and main thread did. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

export const root = join(import.meta.dirname, "..");
export const dist = join(root, "dist");
export const singleFile = `file://${join(dist, "certgate-checker.html")}`;

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
];

/** A browser with a fresh folder of its own; `close` removes it. */
export async function launch(options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "certgate-checker-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: "/usr/bin/chromium",
    args: ARGUMENTS,
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
    acceptDownloads: true,
    ...options,
  });
  // A machine that does much else is slow, and no less right.
  context.setDefaultTimeout(120_000);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };

/** The static host of `site/`, which sends the headers of `_headers`. */
export async function serveSite() {
  const folder = join(dist, "site");
  const headers = parseHeaders(await readFile(join(folder, "_headers"), "utf8"));
  const files = {};
  for (const name of await readdir(folder)) {
    files[`/${name}`] = [TYPES[extname(name)] ?? "application/octet-stream", await readFile(join(folder, name)), headers.get(`/${name}`)];
  }
  return serve({ ...files, "/": [TYPES[".html"], files["/index.html"][1], headers.get("/")] });
}

/** A host of files: by their path the type, the content and headers of their own. */
export async function serve(files, common = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    requests.push(path);
    const [type, content, headers] = files[path] ?? [];
    response.writeHead(content === undefined ? 404 : 200, { ...(type && { "Content-Type": type }), ...common, ...headers });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${server.address().port}/`;
  return { url, requests, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

function parseHeaders(text) {
  const all = new Map();
  let current = {};
  for (const line of text.split("\n")) {
    if (line.startsWith("/")) {
      current = {};
      all.set(line.trim(), current);
    } else if (line.includes(":")) {
      const at = line.indexOf(":");
      current[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
  }
  return all;
}

/** Opens the page, and keeps what went wrong in it. */
export async function open(context, url = singleFile) {
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (entry) => {
    if (entry.type() === "error") {
      faults.push(entry.text());
    }
  });
  await page.goto(url);
  await page.locator("certgate-checker .empty").waitFor();
  return { page, faults };
}

/** Gives the page a text as if it had been pasted. */
export async function paste(page, text, selector = "#input") {
  await page.locator(`certgate-checker ${selector}`).evaluate((field, given) => {
    field.focus();
    field.select();
    const data = new DataTransfer();
    data.setData("text/plain", given);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

/** Waits for the verdict, and gives its words. */
export async function verdict(page) {
  await page.locator("certgate-checker .out:not([aria-busy]) #verdict").waitFor();
  return page.locator("certgate-checker #verdict h2").innerText();
}
