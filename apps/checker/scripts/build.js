/**
 * The checker into `dist`: `certgate-checker.html` is the whole page in one file; `site/` is the same file as `index.html`
 * with what makes it work offline and the headers for static hosts; `certgate-checker.js` is the element for other pages.
 */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundle, minifiedStyle } from "./bundle.js";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const dist = join(root, "dist");
const site = join(dist, "site");

const hash = (text, algorithm = "sha256") => createHash(algorithm).update(text).digest("base64");
const read = (name) => readFileSync(join(source, name), "utf8");

/** The policy of the page; `connect-src 'none'` is what keeps the input where it is. */
function contentSecurityPolicy(script, style, more = []) {
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash(script)}' 'wasm-unsafe-eval'`,
    `style-src 'sha256-${hash(style)}'`,
    "img-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types certgate-worker certgate-service-worker",
    ...more,
  ].join("; ");
}

/** Headers beside the policy of the page. */
const HEADERS = {
  "Cache-Control": "no-cache",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Headers in the forms of common static hosts: `_headers` (Netlify, Cloudflare Pages), `vercel.json`, nginx. */
function writeHeaders(page) {
  const worker = "default-src 'none'; connect-src 'self'";
  const lines = (policy) => Object.entries({ "Content-Security-Policy": policy, ...HEADERS });
  const block = (path, policy) => `${path}\n${lines(policy).map(([name, value]) => `  ${name}: ${value}\n`).join("")}`;
  writeFileSync(join(site, "_headers"), `${block("/", page)}\n${block("/index.html", page)}\n${block("/sw.js", worker)}`);
  const list = (policy) => lines(policy).map(([key, value]) => ({ key, value }));
  const vercel = { headers: [{ source: "/(index.html)?", headers: list(page) }, { source: "/sw.js", headers: list(worker) }] };
  writeFileSync(join(site, "vercel.json"), `${JSON.stringify(vercel, null, 2)}\n`);
  const nginx = (policy) => lines(policy).map(([name, value]) => `  add_header ${name} "${value}" always;\n`).join("");
  writeFileSync(join(site, "nginx.conf"), `location = / {\n${nginx(page)}}\nlocation = /index.html {\n${nginx(page)}}\nlocation = /sw.js {\n${nginx(worker)}}\n`);
}

/** Of the page by gzip, in bytes. Modules that compile fast for the tests are larger. */
const LARGEST = 1_200_000;

rmSync(dist, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
const script = `\n${(await bundle(build, "src/page.ts", "esm")).trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--")}\n`;
const style = await minifiedStyle(build, join(source, "style/page.css"));
const page = `<!doctype html>\n${read("page.html").trim().replace("%CSP%", () => contentSecurityPolicy(script, style)).replace("%STYLE%", () => style).replace("%SCRIPT%", () => script)}`;
writeFileSync(join(dist, "certgate-checker.html"), page);
writeFileSync(join(site, "index.html"), page);
const version = createHash("sha256").update(page).digest("hex");
writeFileSync(join(dist, "certgate-checker.html.sha256"), `${version}  certgate-checker.html\n`);
writeFileSync(join(site, "sw.js"), read("sw.js").replace("%VERSION%", version.slice(0, 16)));
for (const name of ["manifest.webmanifest", "icon.svg"]) {
  cpSync(join(source, name), join(site, name));
}
writeFileSync(join(dist, "certgate-checker.js"), await bundle(build, "src/index.ts", "esm"));
writeHeaders(contentSecurityPolicy(script, style, ["frame-ancestors 'none'"]));
const compressed = gzipSync(page, { level: 9 }).length;
const wasm = readFileSync(join(root, "build/modules.xz")).length;
console.log(`checker: ${page.length} bytes, ${compressed} by gzip (at most ${LARGEST}), of which WebAssembly ${wasm}`);
console.log(`checker: sha256 ${version}`);
if (compressed > LARGEST && process.env.CERTGATE_WASM !== "quick") {
  throw new Error(`the page has ${compressed} bytes by gzip, more than ${LARGEST}`);
}
