/* Keeps the page and the answers it has seen, so that it opens without a line. Invariant: with a line, the server's answer
 * is always the one shown; what was kept is only used when there is none, and is then marked (X-Vigie-Kept). Answers to
 * a token are not kept: they belong to a person, and the machine may be shared. */
const VERSION = '@version@';
const SHELL = '@shell@';
const REST = '@rest@';
const PAGE = `page-${VERSION}`;
const DATA = 'data-1';
const MOST_DATA = 200;

self.addEventListener('install', (event) => {
    event.waitUntil(caches.open(PAGE).then((kept) => kept.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
    const old = caches.keys().then((names) => Promise.all(names.filter((n) => n !== PAGE && n !== DATA).map((n) => caches.delete(n))));
    event.waitUntil(old.then(() => self.clients.claim()));
});

// When the page has nothing else to do it asks for all screens in its language, so that each of them opens without a line.
self.addEventListener('message', (event) => {
    if (event.data?.keep === undefined) return;
    const words = new RegExp(`/(words|names)-(\\w+\\.)?${event.data.keep}-`);
    const wanted = REST.filter((name) => !/\/(words|names)-/.test(name) || words.test(name));
    event.waitUntil(caches.open(PAGE).then((kept) => Promise.all(wanted.map(async (name) => {
        if (!(await kept.match(name))) await kept.add(name);
    }))).catch(() => {}));
});

// Names with a hash never change: once kept they need no line.
async function fixed(request) {
    const kept = await caches.match(request);
    if (kept) return kept;
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(PAGE)).put(request, answer.clone());
    return answer;
}

function marked(answer) {
    const headers = new Headers(answer.headers);
    headers.set('X-Vigie-Kept', '1');
    return new Response(answer.body, { status: answer.status, headers });
}

async function trim(kept) {
    const keys = await kept.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_DATA)).map((k) => kept.delete(k)));
}

async function fresh(request, name, key) {
    const kept = await caches.open(name);
    try {
        const answer = await fetch(request);
        if (answer.ok && !request.headers.has('Authorization')) {
            await kept.put(key, answer.clone());
            if (name === DATA) await trim(kept);
        }
        return answer;
    } catch (failure) {
        const last = request.headers.has('Authorization') ? null : await kept.match(key);
        if (last) return name === DATA ? marked(last) : last;
        throw failure;
    }
}

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin || url.pathname.endsWith('/stream')) return;
    if (url.pathname.includes('/assets/')) return event.respondWith(fixed(request));
    if (request.mode === 'navigate') return event.respondWith(fresh(request, PAGE, url.pathname.endsWith('/') ? 'index.html' : url.pathname));
    // JSON and columns of one address are two answers.
    if (url.pathname.includes('/api/')) {
        const key = new URL(url);
        key.searchParams.set('__as', request.headers.get('Accept') ?? '');
        return event.respondWith(fresh(request, DATA, key.href));
    }
    return event.respondWith(fresh(request, PAGE, request));
});
