// What browser tests stand on: a server with a prepared store, a browser, axe-core. Invariant: each test has a browser
// context of its own; a console error, an uncaught exception or a broken Content-Security-Policy fails it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, renameSync } from 'node:fs';
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

// Times say nothing of the page while other work holds the processor.
export function busy() {
    const cores = availableParallelism?.() ?? cpus().length, load = loadavg()[0];
    return load > 1.5 * cores ? `the machine is busy (load ${load.toFixed(1)} on ${cores} cores)` : '';
}

/** Tries a measurement up to three times; when it never holds, skips on a busy machine and fails on a quiet one. */
export async function measured(tryOnce) {
    let why = '';
    for (let i = 0; i < 3; i++) {
        why = await tryOnce();
        if (!why) return;
    }
    if (busy()) skip(`${why}; ${busy()}`);
    check(false, why);
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
        setTimeout(() => fail(new Error(`vigie serve says no address: ${said}`)), 15000).unref();
    });
    const stop = () => new Promise((done) => {
        if (child.exitCode !== null) return done();
        child.removeAllListeners('exit');
        child.on('exit', done);
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    });
    return { address, port: Number(new URL(address).port), stop };
}

/* --- the browser --- */

export function browserPath() {
    const named = process.env.VIGIE_CHROMIUM;
    return [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p)) ?? null;
}

export const launch = (args = []) => chromium.launch({ executablePath: browserPath(), args: [...FLAGS, ...args] });

/** Waits until the page has drawn what it asked for and is quiet. */
export async function settled(page, timeout = 15000) {
    await page.waitForFunction(() => {
        const quiet = document.querySelector('main') && !document.querySelector('.wait') && !document.documentElement.dataset.busy;
        const now = performance.now();
        if (!quiet) window.__quietSince = 0;
        else window.__quietSince ||= now;
        return quiet && now - window.__quietSince > 150;
    }, undefined, { timeout, polling: 50 });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA by axe-core, in light and in dark; `skipRules` needs a reason beside it. */
export async function accessible(page, { skipRules = [], themes = ['light', 'dark'] } = {}) {
    for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await page.waitForTimeout(80);
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

/** Whether nothing sticks out to the side. */
export async function fits(page) {
    const { wide, has } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, has: document.documentElement.clientWidth }));
    check(wide <= has + 1, `the page is ${wide} px wide in a window of ${has}`);
}

/* --- tests --- */

export const tests = [];
let file = '';
export const inFile = (name) => { file = name; };

/** A test; `body` gets { open, context, server, browser, store }. */
export function test(name, body, options = {}) {
    tests.push({ file, name, body, options });
}

/** Runs one test; gives back { ok, skipped, why }. */
export async function runTest({ name, body, options }, { browser, server, store, shots }) {
    const errors = [], contexts = [];
    const allowed = options.allow ?? [];
    const watch = (page) => {
        const note = (text) => { if (!allowed.some((a) => a.test(text))) errors.push(text); };
        page.on('console', (m) => { if (m.type() === 'error') note(`console: ${m.text()}`); });
        page.on('pageerror', (e) => note(`uncaught: ${e.message}`));
    };
    const context = async ({ width = 1280, height = 800, dark = false, token, ...more } = {}) => {
        const made = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', locale: 'en-GB', serviceWorkers: 'block', ...more });
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
    try {
        await body({ open, context, server, browser, store });
        if (errors.length) throw new Error(errors.slice(0, 3).join(' | '));
        return { ok: true };
    } catch (failure) {
        if (failure instanceof Skip) return { ok: true, skipped: failure.message };
        for (const c of contexts)
            for (const page of c.pages()) await page.screenshot({ path: join(shots, `web-${name.replace(/\W+/g, '-').slice(0, 60)}.png`) }).catch(() => {});
        return { ok: false, why: [failure.message.split('\n').slice(0, 6).join(' / '), ...errors.slice(0, 3)].join(' | ') };
    } finally {
        for (const c of contexts) await c.close().catch(() => {});
    }
}
