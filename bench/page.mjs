// Frames while panning and time to the first drawing, ours beside MapLibre GL with the same points, in one browser without a
// graphics card. One JSON object on standard output: {"ours": {...}, "peer": {...} or null, "points": n}.
//
//   node bench/page.mjs STORE PROGRAM      (the page must be built; MapLibre lies in bench/peers/page, see setup-page-peer)
import { createServer } from 'node:http';
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [, , store, program] = process.argv;
process.env.VIGIE_BIN = program;
const { launch, settled, startServer } = await import('../web/test/lib.mjs');

const SIZE = { width: 1280, height: 800 };
const PAN_MS = 3000;
// A browser without a graphics card draws WebGL in software; newer ones ask to be told that this is meant.
const FLAGS = ['--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

// Drags the map to and fro; `count` gives the number of drawings so far.
async function pan(page, count) {
    const y = 400;
    await page.mouse.move(900, y);
    await page.mouse.down();
    const before = await page.evaluate(count), began = Date.now();
    for (let i = 0; Date.now() - began < PAN_MS; i++) await page.mouse.move(900 + 120 * Math.sin(i / 12), y + 60 * Math.cos(i / 17));
    const frames = (await page.evaluate(count)) - before, took = Date.now() - began;
    await page.mouse.up();
    return (frames * 1000) / took;
}

async function ours(browser, address) {
    const context = await browser.newContext({ viewport: SIZE, serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(`${address}/#/situation?lang=en&layer=events&from=1989-01&to=2035-12`);
    await page.waitForFunction(() => document.querySelector('.map')?.vigieMap?.pointsAt, undefined, { timeout: 60000 });
    await settled(page, 60000);
    const { first, n } = await page.evaluate(() => {
        const map = document.querySelector('.map').vigieMap;
        const came = performance.getEntriesByType('resource').find((e) => e.name.includes('/points')).responseEnd;
        return { first: map.pointsAt - came, n: map.look.points.n };
    });
    await page.evaluate(() => document.querySelector('.map').vigieMap.zoomBy(2));
    await page.waitForTimeout(500);
    const fps = await pan(page, () => document.querySelector('.map').vigieMap.frames);
    await context.close();
    return { fps, first_s: first / 1000, n };
}

// A page with MapLibre and nothing else: no tiles, the same points as circles of three colours.
const PEER = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/maplibre-gl.css"><style>html,body,#m{margin:0;height:100%}</style>
<div id="m"></div><script src="/maplibre-gl.js"></script><script>
window.renders = 0;
(async () => {
    const map = new maplibregl.Map({ container: 'm', style: { version: 8, sources: {}, layers: [{ id: 'sea', type: 'background', paint: { 'background-color': '#eaf0f4' } }] }, center: [20, 10], zoom: 1.5, renderWorldCopies: false });
    await map.once('load');
    const data = await (await fetch('/points.geojson')).json();
    const came = performance.now();
    map.addSource('p', { type: 'geojson', data });
    map.addLayer({ id: 'p', type: 'circle', source: 'p', paint: { 'circle-radius': 1.5, 'circle-color': ['match', ['get', 'type'], 1, '#005a9c', 2, '#b85000', '#7a2f8f'] } });
    map.on('render', () => { window.renders++; });
    await map.once('idle');
    window.first = performance.now() - came;
})();
</script>`;

async function points(address) {
    const answer = await fetch(`${address}/api/v1/collections/events/points?datetime=1989-01-01/2035-12-31`, { headers: { Accept: 'application/vnd.vigie.columns' } });
    const bytes = await answer.arrayBuffer(), view = new DataView(bytes), n = view.getUint32(8, true);
    const at = {};
    for (let i = 0; i < view.getUint32(12, true); i++) {
        const name = Buffer.from(bytes, 16 + 24 * i, 16).toString('latin1').replace(/\0.*$/s, '');
        at[name] = view.getUint32(16 + 24 * i + 20, true);
    }
    const lon = new Float32Array(bytes, at.lon, n), lat = new Float32Array(bytes, at.lat, n), type = new Uint8Array(bytes, at.type, n);
    const features = Array.from(lon, (x, i) => `{"type":"Feature","properties":{"type":${type[i]}},"geometry":{"type":"Point","coordinates":[${x.toFixed(4)},${lat[i].toFixed(4)}]}}`);
    return `{"type":"FeatureCollection","features":[${features.join(',')}]}`;
}

async function peer(browser, address) {
    const dist = join(here, 'peers', 'page', 'node_modules', 'maplibre-gl', 'dist');
    if (!existsSync(join(dist, 'maplibre-gl.js'))) return null;
    const geojson = await points(address);
    const server = createServer((q, r) => {
        if (q.url === '/') return r.setHeader('Content-Type', 'text/html').end(PEER);
        if (q.url === '/points.geojson') return r.setHeader('Content-Type', 'application/geo+json').end(geojson);
        if (!/^\/[\w.-]+$/.test(q.url) || !existsSync(join(dist, q.url))) return r.writeHead(404).end();
        r.setHeader('Content-Type', q.url.endsWith('.css') ? 'text/css' : 'text/javascript');
        return createReadStream(join(dist, q.url)).pipe(r);
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const context = await browser.newContext({ viewport: SIZE });
    try {
        const page = await context.newPage();
        await page.goto(`http://127.0.0.1:${server.address().port}/`);
        await page.waitForFunction(() => window.first, undefined, { timeout: 120000 });
        const first = await page.evaluate(() => window.first);
        const fps = await pan(page, () => window.renders);
        return { fps, first_s: first / 1000 };
    } finally {
        await context.close();
        server.close();
    }
}

const server = await startServer(store);
const browser = await launch(FLAGS);
try {
    const { n, ...mine } = await ours(browser, server.address);
    const other = await peer(browser, server.address).catch((failure) => { console.error(failure.message); return null; });
    console.log(JSON.stringify({ ours: mine, peer: other, points: n }));
} finally {
    await browser.close();
    await server.stop();
}
