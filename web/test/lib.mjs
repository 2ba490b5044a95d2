// What browser tests stand on: a server with a prepared store, a browser, axe-core. Invariant: each test has a browser
// context of its own; a console error, an uncaught exception or a broken Content-Security-Policy fails it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const ROOT = resolve(here, '..', '..');
export const SHARED = process.env.VIGIE_SHARED ?? resolve(ROOT, '..', 'shared');
const VIGIE = process.env.VIGIE_BIN ?? join(ROOT, 'build', 'vigie');
const WEB = process.env.VIGIE_WEB ?? join(ROOT, 'build', 'web');
const WORK = join(ROOT, 'build', 'check');
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--headless'];

/* --- asserting --- */

export function check(holds, what = 'does not hold') {
    if (!holds) throw new Error(what);
}

export function equal(got, want, what = '') {
    const a = JSON.stringify(got), b = JSON.stringify(want);
    if (a !== b) throw new Error(`${what ? `${what}: ` : ''}got ${a}, wanted ${b}`);
}

/** A test that cannot run here says why and is counted as skipped. */
export class Skip extends Error {}
export const skip = (why) => { throw new Skip(why); };

/* --- waiting --- */

let failures = 0;

/** How long a test waits for a thing that must come. After some failures the page is broken, not slow. */
export const patience = () => (failures < 5 ? 30_000 : 5_000);

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

/** Repeats `assertion` until it throws nothing, and gives back its value; what it threw last is the failure. */
export async function until(assertion) {
    const end = Date.now() + patience();
    for (let wait = 10; ; wait = Math.min(2 * wait, 250)) {
        try {
            return await assertion();
        } catch (failure) {
            if (failure instanceof Skip || Date.now() > end) throw failure;
        }
        await pause(wait);
    }
}

/** Waits until `ask()` gives something true, and gives it back; `what` may be made of what was got. */
export const holds = (ask, what) => until(async () => {
    const got = await ask();
    check(got, typeof what === 'function' ? what(got) : what);
    return got;
});

/** Waits until `ask()` gives `want`. */
export const equals = (ask, want, what) => until(async () => equal(await ask(), want, what));

/** Waits until the text of `locator` has all of `parts`, and gives it back. */
export const says = (locator, ...parts) => until(async () => {
    const text = await locator.textContent();
    for (const part of parts) check(part.test(text), `${part} is not in: ${text.slice(0, 600)}`);
    return text;
});

/* --- measuring --- */

// Processor time in ticks, of all and of this process with all that it started.
function spent() {
    const [, ...all] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/\s+/).map(Number);
    const total = all.slice(0, 8).reduce((a, b) => a + b, 0);
    const times = new Map(), children = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        let line;
        try { line = readFileSync(`/proc/${pid}/stat`, 'utf8'); } catch { continue; /* it has ended */ }
        const field = line.slice(line.lastIndexOf(')') + 2).split(' ').map(Number);
        times.set(pid, field[11] + field[12] + field[13] + field[14]);
        children.set(String(field[1]), [...(children.get(String(field[1])) ?? []), pid]);
    }
    const family = [String(process.pid)];
    for (const pid of family) family.push(...(children.get(pid) ?? []));
    return { total, used: total - all[3] - all[4], own: family.reduce((sum, pid) => sum + (times.get(pid) ?? 0), 0) };
}

// Processor time of a fixed piece of work: grows where a neighbour of the virtual machine or a limit takes the processor.
function pieceOfWork() {
    const began = process.cpuUsage();
    for (let i = 0, x = 1; i < 3_000_000; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
    const { user, system } = process.cpuUsage(began);
    return user + system;
}
let bestPiece = Infinity;
const middlePiece = () => {
    const all = Array.from({ length: 7 }, pieceOfWork).sort((a, b) => a - b);
    bestPiece = Math.min(bestPiece, all[0]);
    return all[3];
};

/** Begins to watch the machine; the function given back says what other work there was since, '' = hardly any. */
export function watchMachine() {
    if (!existsSync('/proc/stat')) {
        const cores = availableParallelism?.() ?? cpus().length;
        return () => (loadavg()[0] > 1.5 * cores ? `load ${loadavg()[0].toFixed(1)} on ${cores} cores` : '');
    }
    middlePiece();
    const before = spent();
    return () => {
        const after = spent(), total = Math.max(1, after.total - before.total);
        const others = (after.used - before.used - (after.own - before.own)) / total, slow = middlePiece() / bestPiece;
        if (others > 0.15) return `other work took ${Math.round(100 * others)} % of the processors`;
        return slow > 1.6 ? `the processor took ${slow.toFixed(1)} times as long for the same work as before` : '';
    };
}

/**
 * A measurement of speed: `tryOnce` gives '' when it holds. Times say nothing of the page while other work holds the
 * processors, so what fails then is tried again: three failures on a quiet machine fail, else it is skipped.
 */
export async function measured(tryOnce) {
    let why = '', noise = '';
    for (let quiet = 0, i = 0; i < 6; i++) {
        const noiseSince = watchMachine();
        why = await tryOnce();
        if (!why) return;
        const other = noiseSince();
        noise = other || noise;
        if (!other && ++quiet === 3) check(false, why);
    }
    skip(`${why}; ${noise}`);
}

/* --- stores --- */

function vigie(store, ...words) {
    const done = spawnSync(VIGIE, [...words, '--store', store, '--quiet'], { encoding: 'utf8' });
    // 1 is "found something", such as an alert.
    if (done.status !== 0 && done.status !== 1) throw new Error(`vigie ${words.join(' ')}: ${done.stderr}`);
    return done.stdout;
}

// Numbers that look like chance and are the same everywhere (mulberry32).
export function chance(seed) {
    let a = seed >>> 0;
    return () => {
        a = (a + 0x6d2b79f5) >>> 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const PLACES = [
    ['Mali', 432, 17, -2], ['Sudan', 625, 14, 30], ['Ukraine', 369, 48.5, 37], ['Somalia', 520, 3, 45], ['Nigeria', 475, 11, 12],
    ['DR Congo (Zaire)', 490, -1, 28], ['Myanmar (Burma)', 775, 21, 96], ['Yemen (North Yemen)', 678, 15, 45], ['Colombia', 100, 3, -75],
    ['Afghanistan', 700, 34, 66], ['Syria', 652, 35, 38], ['Ethiopia', 530, 9, 39],
];

/** A made-up file in the form of UCDP GED: `n` events from 2022 to June 2024, none of which happened. */
export function madeUpEvents(path, n, seed = 7) {
    const next = chance(seed);
    const lines = ['id,year,type_of_violence,conflict_name,dyad_name,side_a,side_b,where_prec,adm_1,latitude,longitude,country,country_id,date_prec,date_start,date_end,deaths_civilians,best,high,low,source_headline'];
    for (let i = 0; i < n; i++) {
        const [country, id, lat, lon] = PLACES[Math.floor(next() * PLACES.length)];
        const at = new Date(Date.UTC(2022, 0, 1 + Math.floor(next() * 911))).toISOString().slice(0, 10);
        const best = Math.floor(-6 * Math.log(1 - next())), type = 1 + Math.floor(next() * 3);
        const a = type === 1 ? `Government of ${country}` : `Group ${'ABCDE'[Math.floor(next() * 5)]}`;
        const b = type === 3 ? 'Civilians' : `Group ${'FGHIJ'[Math.floor(next() * 5)]}`;
        const y = lat + (next() - 0.5) * 5, x = lon + (next() - 0.5) * 5;
        lines.push([900000 + i, at.slice(0, 4), type, `${country}: made up`, `${a} - ${b}`, a, b, 1 + Math.floor(next() * 5), 'Made-up province',
            y.toFixed(4), x.toFixed(4), country, id, 1, at, at, 0, best, best + 2, Math.max(0, best - 1), 'A made-up headline'].join(','));
    }
    writeFileSync(path, lines.join('\n') + '\n');
}

function hasShared() {
    return existsSync(join(SHARED, 'data', 'conflict', 'views_cm_sb.csv.gz'));
}

function fill(store, n) {
    const conflict = join(SHARED, 'data', 'conflict');
    const forecast = hasShared() ? ['--source', 'views-panel'] : ['--target', 'all', '--source', 'ucdp-ged-sample'];
    if (hasShared()) vigie(store, 'import', join(conflict, 'views_cm_sb.csv.gz'), '--countries', join(conflict, 'views_countries.csv'));
    else {
        vigie(store, 'import', '--sample');
        forecast[3] = JSON.parse(vigie(store, 'vintages', '--json'))[0].source;
    }
    // A run before the last one: what has changed since is measured against it.
    vigie(store, 'forecast', ...forecast, '--origin', '2024-06', '--draws', '400', '--no-check');
    vigie(store, 'alert', 'add', '--kind', 'threshold', '--deaths', '25', '--probability', '0.5', '--model', 'conflictology', ...forecast, '--draws', '400', '--yes');
    const events = `${store}.csv`;
    madeUpEvents(events, n);
    vigie(store, 'import', events, '--as', 'ucdp-ged', '--version', '25.1');
    if (n < 5000 && hasShared()) vigie(store, 'import', join(conflict, 'ged_events_sudan.csv.gz'));
    vigie(store, 'alert', 'run', '--draws', '400');
    vigie(store, 'forecast', ...forecast, '--origin', hasShared() ? '2024-07' : '2024-06', '--draws', '400');
}

/** The path of a store with panel, `n` made-up events, two forecasts and an alert rule; made once for each program. */
export function preparedStore(n = 600) {
    const made = createHash('sha256').update(`${VIGIE} ${statSync(VIGIE).mtimeMs} ${hasShared()} ${n} ${readFileSync(fileURLToPath(import.meta.url))}`).digest('hex').slice(0, 10);
    const path = join(WORK, `web-store-${n}-${made}.db`);
    if (existsSync(path)) return path;
    mkdirSync(WORK, { recursive: true });
    const making = `${path}.making`;
    for (const end of ['', '-wal', '-shm']) rmSync(making + end, { force: true });
    fill(making, n);
    rmSync(`${making}.csv`, { force: true });
    renameSync(making, path);
    for (const end of ['-wal', '-shm']) if (existsSync(making + end)) renameSync(making + end, path + end);
    return path;
}

/** A copy of a store, for a test that writes. */
export function ownStore(from = preparedStore()) {
    const path = join(tmpdir(), `vigie-web-${process.pid}-${Math.floor(Math.random() * 1e9)}.db`);
    const done = spawnSync('sh', ['-c', 'for e in "" -wal -shm; do [ ! -f "$1$e" ] || cp "$1$e" "$2$e"; done', 'sh', from, path]);
    if (done.status !== 0) throw new Error('the store could not be copied');
    return { path, vigie: (...words) => vigie(path, ...words), remove: () => ['', '-wal', '-shm', '.csv'].forEach((e) => rmSync(path + e, { force: true })) };
}

/* --- the server --- */

// Addresses of servers that a test has ended: what their pages cannot load then is no finding.
const ended = new Set();
const NOT_LOADED = /^console: Failed to load resource|ERR_/;

/** Starts `vigie serve` on a free port (or `port`) and waits for its address; `stop()` ends it. */
export async function startServer(store, { port = 0, options = [] } = {}) {
    const child = spawn(VIGIE, ['serve', '--store', store, '--port', String(port), '--rate', '0', '--web', WEB, '--log', '/dev/null', ...options],
        { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const address = await new Promise((done, fail) => {
        const hear = (bytes) => {
            said += bytes;
            const found = /https?:\/\/\S+/.exec(said);
            if (found) done(found[0].replace(/\/$/, ''));
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        child.on('exit', () => fail(new Error(`vigie serve ended: ${said}`)));
        setTimeout(() => fail(new Error(`vigie serve says no address: ${said}`)), 60_000).unref();
    });
    ended.delete(address);
    const stop = () => new Promise((done) => {
        ended.add(address);
        if (child.exitCode !== null) return done();
        child.removeAllListeners('exit');
        child.on('exit', done);
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 60_000).unref();
    });
    return { address, port: Number(new URL(address).port), stop };
}

/* --- the browser --- */

export function browserPath() {
    const named = process.env.VIGIE_CHROMIUM;
    return [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p)) ?? null;
}

export const launch = (args = []) => chromium.launch({ executablePath: browserPath(), args: [...FLAGS, ...args] });

/**
 * Waits until the page has drawn what it asked for and is quiet: no question out and nothing that waits, over ten turns of
 * the page (a frame and what is done after it), so that what a change sets off has begun. A slow machine has slow turns.
 */
export async function settled(page, timeout = patience()) {
    const since = Math.random();
    await page.waitForFunction((since) => {
        const quiet = document.querySelector('main') && !document.querySelector('.wait') && !document.documentElement.dataset.busy;
        if (!quiet) { window.__quiet = null; return false; }
        if (window.__quiet?.since !== since) {
            const mine = window.__quiet = { since, turns: 0 };
            const turn = () => requestAnimationFrame(() => setTimeout(() => { if (window.__quiet === mine && ++mine.turns < 10) turn(); }));
            turn();
        }
        return window.__quiet.turns >= 10;
    }, since, { timeout, polling: 50 });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA by axe-core, in light and in dark; `skipRules` needs a reason beside it. */
export async function accessible(page, { skipRules = [], themes = ['light', 'dark'] } = {}) {
    for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await settled(page);
        // Through the debugger, not as a script of the page: its CSP allows none.
        if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axeSource);
        const broken = await page.evaluate(async (off) => {
            const r = await window.axe.run(document, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
                rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])),
            });
            return r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''})`).join('; ')}`);
        }, skipRules);
        check(broken.length === 0, `axe-core, ${theme}: ${broken.join(' | ')}`);
    }
}

/** Nothing sticks out to the side. */
export const fits = (page) => until(async () => {
    const { wide, has } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, has: document.documentElement.clientWidth }));
    check(wide <= has + 1, `the page is ${wide} px wide in a window of ${has}`);
});

/* --- tests --- */

export const tests = [];
let file = '';
export const inFile = (name) => { file = name; };

/** A test; `body` gets { open, context, server, browser, store, close }. Options: `allow`, patterns of errors that may be
 * told; `alone`, for one that measures times: nothing runs beside it. */
export function test(name, body, options = {}) {
    tests.push({ file, name, body, options });
}

/** Runs one test; gives back { ok, skipped, why }. */
export async function runTest({ name, body, options }, { browser, server, store, shots }) {
    const errors = [], refused = [], contexts = [];
    const allowed = options.allow ?? [];
    const watch = (page) => {
        const gone = () => ended.has(/^https?:\/\/[^/]+/.exec(page.url())?.[0]);
        const note = (text) => { if (!allowed.some((a) => a.test(text)) && !(NOT_LOADED.test(text) && gone())) errors.push(text); };
        page.on('console', (m) => { if (m.type() === 'error') note(`console: ${m.text()}`); });
        page.on('pageerror', (e) => note(`uncaught: ${e.message}`));
        page.on('response', async (r) => { if (r.status() >= 500) refused.push(`${r.status()} ${r.url()}: ${await r.text().catch(() => '')}`.slice(0, 300)); });
    };
    const context = async ({ width = 1280, height = 800, dark = false, token, ...more } = {}) => {
        const made = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale: 'en-GB', serviceWorkers: 'block', ...more });
        made.setDefaultTimeout(patience());
        made.on('page', watch);
        if (token) await made.addInitScript((t) => { if (location.protocol.startsWith('http')) sessionStorage.setItem('vigie.token', t); }, token); // about:blank has no storage
        contexts.push(made);
        return made;
    };
    const open = async (address = '', { at = server.address, wait = true, ...more } = {}) => {
        const page = await (await context(more)).newPage();
        await page.goto(`${at}/${address}`);
        if (wait) await settled(page);
        return page;
    };
    const close = async () => { for (const c of contexts) await c.close().catch(() => {}); };
    try {
        await body({ open, context, server, browser, store, close });
        if (errors.length) throw new Error([...errors.slice(0, 3), ...refused.slice(0, 3)].join(' | '));
        return { ok: true };
    } catch (failure) {
        if (failure instanceof Skip) return { ok: true, skipped: failure.message };
        failures++;
        for (const c of contexts)
            for (const page of c.pages()) await page.screenshot({ path: join(shots, `web-${name.replace(/\W+/g, '-').slice(0, 60)}.png`) }).catch(() => {});
        return { ok: false, why: [failure.message.split('\n').slice(0, 6).join(' / '), ...errors.slice(0, 3), ...refused.slice(0, 3)].join(' | ') };
    } finally {
        await close();
    }
}
