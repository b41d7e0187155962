/** A headless Chromium that opens one page, served from here under a strict policy. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { top } from "../../scripts/repository.ts";

export const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync("which", [name]).status === 0,
);

/** Nothing but what the page's own server gives, and no text is evaluated. */
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
const page = `<!doctype html><title>pinfold</title><script type="module" src="/page.js"></script>`;
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".json": "application/json",
};
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** Opens the page with these questions; what it answers. */
export async function askPage(questions: readonly object[], seconds: number): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "pinfold-chromium-"));
  let browser: ChildProcess | undefined;
  let tell: (answer: unknown) => void = () => undefined;
  const answered = new Promise<unknown>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => serve(request, response, questions, tell));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const timer = setTimeout(() => tell({ error: `no answer in ${seconds} s` }), seconds * 1000);
  try {
    const { port } = server.address() as AddressInfo;
    const given = [...flags, `--user-data-dir=${folder}`, `http://127.0.0.1:${port}/`];
    browser = spawn(chromium!, given, { stdio: "ignore", detached: true });
    return await answered;
  } finally {
    clearTimeout(timer);
    if (browser !== undefined) await end(browser);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Ends the browser with all its processes, which are a group of their own. */
async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null) return;
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  process.kill(-browser.pid, "SIGKILL");
  await ended;
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  questions: readonly object[],
  tell: (answer: unknown) => void,
): void {
  const path = normalize(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
  if (path === "/answer") {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      response.end();
      tell(JSON.parse(Buffer.concat(parts).toString("utf8")));
    });
    return;
  }
  response.setHeader("Content-Security-Policy", policy);
  if (path === "/") return void response.setHeader("Content-Type", "text/html").end(page);
  if (path === "/questions") return void response.end(JSON.stringify(questions));
  const file = path === "/page.js" ? "test/browser/page.js" : path.slice(1);
  const full = join(top, file);
  if (!/^(dist|test\/browser)\//.test(file) || !existsSync(full)) {
    response.statusCode = 404;
    return void response.end();
  }
  response.setHeader("Content-Type", types[extname(file)] ?? "text/plain");
  response.end(readFileSync(full));
}
