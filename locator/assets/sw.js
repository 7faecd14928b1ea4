/* Keeps on the phone the pages that were visited, with what they need, so that they open again without network.

   Pages and data come from the network whenever it answers; what was kept last answers when it does not. Files under
   _/ never change: those that are kept are not asked for again. Reports, searches and anything sent are not touched. */

const KEPT = "sportelli-1";
const MOST = { pages: 60, data: 120 };
const scope = new URL(self.registration.scope);
const LIVE = /^([a-z-]+\/(cerca|segnala)|conta|api)(\/|$)/;

/* Under which address something is kept: its own without parameters. */
function keyOf(address) {
  const url = new URL(address);
  return url.origin + url.pathname;
}

function kindOf(url) {
  const path = url.pathname.slice(scope.pathname.length);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname) || LIVE.test(path)) return "";
  if (path === "sw.js") return "";
  if (path.startsWith("_/")) return "assets";
  return /\.(json|bin)$/.test(path) ? "data" : /(^|\/)$/.test(path) ? "pages" : "";
}

async function keep(address, answer) {
  if (!answer.ok || answer.type !== "basic" || answer.redirected) return;
  const kind = kindOf(new URL(address));
  const cache = await caches.open(KEPT);
  const key = keyOf(address);
  await cache.delete(key);
  await cache.put(key, answer);
  const all = (await cache.keys()).filter((one) => kindOf(new URL(one.url)) === kind);
  const old = kind === "assets" ? all.filter((one) => folder(one.url) !== folder(key)) : all.slice(0, -MOST[kind]);
  await Promise.all(old.map((one) => cache.delete(one)));
}

/* The folder of an asset: _/digest/ */
const folder = (address) => new URL(address).pathname.slice(scope.pathname.length).split("/")[1];

async function kept(address) {
  const cache = await caches.open(KEPT);
  const found = await cache.match(keyOf(address));
  if (found || kindOf(new URL(address)) !== "assets") return found;
  /* a page older than the scripts that are kept: the same script as it is now */
  const name = new URL(address).pathname.split("/").pop();
  const same = (await cache.keys()).find((one) => kindOf(new URL(one.url)) === "assets" && one.url.endsWith(`/${name}`));
  return same && cache.match(same);
}

async function answer(event, kind) {
  const { request } = event;
  if (kind === "assets") {
    const found = await (await caches.open(KEPT)).match(keyOf(request.url));
    if (found) return found;
  }
  try {
    const got = await fetch(request);
    event.waitUntil(keep(request.url, got.clone()));
    return got;
  } catch (fault) {
    return (await kept(request.url)) || (kind === "pages" ? notKept(request.url) : Response.error());
  }
}

/* A page that says in its language that it is not on the phone. */
async function notKept(address) {
  const lang = new URL(address).pathname.slice(scope.pathname.length).split("/")[0];
  const found = await kept(`${scope.href}${lang}/parole.json`);
  const said = found ? await found.json() : {};
  if (!said.not_kept) return Response.error();
  const plain = (text) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
  const all = (await (await caches.open(KEPT)).keys()).map((one) => one.url);
  const style = all.find((one) => one.endsWith("/locator.css"));
  const body = `<!doctype html><html lang="${said.tag}" dir="${said.dir}"><meta charset="utf-8">`
    + `<meta name="viewport" content="width=device-width"><title>${plain(said.offline)}</title>`
    + (style ? `<link rel="stylesheet" href="${style}">` : "")
    + `<main><h1>${plain(said.offline)}</h1><p>${plain(said.not_kept)}</p>`
    + (all.includes(`${scope.href}${lang}/`) ? `<p><a href="${scope.href}${lang}/">${plain(said.first_page)}</a></p>` : "");
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const drop = async () => {
    for (const name of await caches.keys()) if (/^sportelli-/.test(name) && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const kind = request.method === "GET" ? kindOf(new URL(request.url)) : "";
  if (kind) event.respondWith(answer(event, kind));
});

/* What the first page had fetched before this was there: from the browser's own store where it has it. */
self.addEventListener("message", (event) => {
  const wanted = (event.data && event.data.keep) || [];
  const fetchOne = async (address) => {
    if (!kindOf(new URL(address)) || (await (await caches.open(KEPT)).match(keyOf(address)))) return;
    await keep(address, await fetch(address, { cache: "force-cache" }));
  };
  event.waitUntil(Promise.all(wanted.map((one) => fetchOne(one).catch(() => undefined))));
});
