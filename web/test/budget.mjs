// What the page weighs. TAP, one line a limit; sizes are gzipped, as they are sent.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const out = process.env.VIGIE_WEB ?? resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build', 'web');
const size = (name) => gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
const assets = readdirSync(join(out, 'assets')).filter((n) => !n.endsWith('.gz')).map((n) => `assets/${n}`);
const code = (name) => name.endsWith('.js') && !/\/(words|names|map)-/.test(name);

// A chunk and those it imports statically.
function chunksOf(...names) {
    const found = new Set();
    const visit = (name) => {
        if (found.has(name)) return;
        found.add(name);
        if (!name.endsWith('.js')) return;
        for (const [, next] of readFileSync(join(out, name), 'utf8').matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) visit(`assets/${next}`);
    };
    names.forEach(visit);
    return found;
}
const reached = (html) => chunksOf(...[...readFileSync(join(out, html), 'utf8').matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((m) => m[1]));

let failed = 0;
function limit(what, names, most) {
    const bytes = [...names].reduce((sum, name) => sum + size(name), 0);
    const ok = bytes <= most * 1000;
    console.log(`${ok ? 'ok' : 'not ok'} - ${what}: ${(bytes / 1000).toFixed(1)} of ${most} kB`);
    if (!ok) for (const name of [...names].sort((a, b) => size(b) - size(a)).slice(0, 12)) console.log(`# ${(size(name) / 1000).toFixed(1)} kB ${name}`);
    failed += ok ? 0 : 1;
}

const main = reached('index.html');
const live = existsSync(join(out, 'live.html')) ? reached('live.html') : new Set();
const onlyLive = new Set([...live].filter((n) => !main.has(n)));
const page = assets.filter((n) => !onlyLive.has(n));
// All that a screen fetches by itself, and what its chunk imports.
function screen(name) {
    const own = page.find((n) => n.startsWith(`assets/screen-${name}-`));
    const all = new Set(own ? chunksOf(own) : []);
    return [...all].filter((n) => !main.has(n));
}
const startsWith = (...heads) => page.filter((n) => heads.some((h) => n.startsWith(`assets/${h}`)));
const screens = page.map((n) => /^assets\/screen-(\w+)-.*\.js$/.exec(n)?.[1]).filter(Boolean);
// The map is fetched behind the list, and belongs to the first screen.
const first = [...main, ...screen('situation'), ...chunksOf(...startsWith('drawn').filter(code))].filter((n, i, all) => all.indexOf(n) === i);

limit('script of the first screen, with the map', first.filter(code), 75);
limit('style of the page', page.filter((n) => n.endsWith('.css')), 12);
// The heaviest language stands for all: Russian.
limit('first view, without answers of the server', ['index.html', ...new Set([...first, ...startsWith('words-ru', 'words-situation.ru', 'names-ru', 'map-110m', 'screen-situation', 'drawn')])], 120);
for (const name of screens.filter((n) => n !== 'situation')) limit(`script of ${name} beyond the first screen`, screen(name).filter((n) => code(n) && !first.includes(n)), 20);
if (live.size) limit('room of a consultation, all of it', live, 75);
if (live.size) limit('taking part in a consultation, its own script', [...onlyLive].filter((n) => n.endsWith('.js')), 15);
console.log(`# program: all script of the page together is ${(page.filter(code).reduce((sum, n) => sum + size(n), 0) / 1000).toFixed(1)} kB, fetched screen by screen`);
process.exit(failed ? 1 : 0);
