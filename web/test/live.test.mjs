// The room of a live consultation: taking part by keyboard, through a loss of signal, in Arabic; moderating; observing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible, check, equal, equals, fits, measured, ROOT, startServer, test } from './lib.mjs';

const VIGIE = process.env.VIGIE_BIN ?? join(ROOT, 'build', 'vigie');
const SHOTS = process.env.VIGIE_SHOTS;
const TEXTS = ['Keep the market hall', 'Night buses until two', 'Lower rents for families', 'A park by the river', 'Safer streets at night', 'Plant trees in every street'];

/** A conversation in a store of its own, a server, and its addresses. */
async function room(body, close = () => {}) {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-live-'));
    const store = join(folder, 's.db');
    writeFileSync(join(folder, 'seed.csv'), 'text,language,id\nClean water in every house,en,a\nماء نظيف في كل بيت,ar,a\n' + TEXTS.map((t) => `${t},en,\n`).join(''));
    writeFileSync(join(folder, 'q.csv'), 'question,answer,language,question_text,answer_text,share\nage,young,en,How old are you?,Under 30,0.5\nage,old,en,How old are you?,30 and more,0.5\n');
    const made = spawnSync(VIGIE, ['consult', 'open', '--name', 'water', '--topic', 'Water in our town', '--description', 'What should the town do first?', '--languages', 'en,ar',
        '--statements', join(folder, 'seed.csv'), '--questions', join(folder, 'q.csv'), '--json', '--store', store], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    const links = JSON.parse(made.stdout);
    const server = await startServer(store);
    const hash = (who) => `live.html#${links[who].split('#')[1]}`;
    const secret = (who) => links[who].split('/').pop();
    const post = async (route, body) => {
        const r = await fetch(`${server.address}/api/v1/consultations/water/${route}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
        if (!r.ok) throw new Error(`${route}: ${r.status} ${await r.text()}`);
        return r.json();
    };
    try { await body({ at: server.address, hash, secret, post }); } finally { await close(); await server.stop(); rmSync(folder, { recursive: true, force: true }); }
}

async function shot(page, name) {
    if (!SHOTS) return;
    if (!existsSync(SHOTS)) mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

const crowd = async ({ post, secret }, n) => {
    for (let i = 0; i < n; i++) {
        const who = { secret: `person-number-${String(i).padStart(12, '0')}` };
        await post('join', { ...who, code: secret('participants'), consent: true });
        await post('votes', { ...who, votes: [1, 2, 3, 4, 5, 6, 7].map((s) => `${s}:${s === 1 || (s % 2 === i % 2) !== (i % 11 === s) ? 1 : -1}:${s + 10}`).join(',') });
        await post('answers', { ...who, answer: [`age=${i % 6 ? 'young' : 'old'}`] });
    }
};

async function join_(page) {
    await page.getByRole('button', { name: 'I agree and take part' }).click();
    await page.getByRole('button', { name: 'Skip' }).click();
    await page.locator('.statement').waitFor();
}

test('a person takes part by keyboard alone, at 320 pixels', async ({ open }) => room(async (r) => {
    const page = await open(r.hash('participants'), { at: r.at, width: 320, height: 640 });
    await page.getByText('What should the town do first?').waitFor();
    await fits(page);
    await accessible(page);
    await shot(page, 'consent-320');
    const press = async (name) => {
        for (let i = 0; i < 30; i++) {
            if (await page.evaluate((n) => document.activeElement?.tagName === 'BUTTON' && document.activeElement.textContent.includes(n), name)) break;
            await page.keyboard.press('Tab');
        }
        await page.keyboard.press('Enter');
    };
    await press('I agree and take part');
    await page.getByText('How old are you?').waitFor();
    await accessible(page);
    await shot(page, 'about-you-320');
    for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement?.type === 'radio')); i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.locator('input[type=radio]:checked').waitFor();
    await press('Go on');
    await page.locator('.statement').waitFor();
    await accessible(page);
    await fits(page);
    await shot(page, 'vote-320');
    const seen = new Set();
    for (const key of ['a', 'd', 'p', 'A', 'd', 'a', 'p']) {
        const asked = await page.locator('.statement').textContent();
        seen.add(asked);
        await page.keyboard.press(key);
        await page.waitForFunction((was) => document.querySelector('.statement')?.textContent !== was, asked);
    }
    equal(seen.size, 7, 'each statement is asked once');
    await page.getByText('You have answered every sentence.').waitFor();
    await page.waitForFunction(() => JSON.parse(localStorage.getItem('vigie.live.water')).queue.length === 0);
    const desk = await r.post('desk', { key: r.secret('moderator') });
    check(desk.statements.every((s) => s.votes === null), 'one vote each is kept back, and is not none');
    await shot(page, 'all-320');
}));

test('votes without signal are kept, and sent when it is back', async ({ open }) => room(async (r) => {
    const page = await open(r.hash('participants'), { at: r.at, width: 390 });
    await join_(page);
    await page.context().setOffline(true);
    for (const key of ['a', 'a', 'd']) {
        const asked = await page.locator('.statement').textContent();
        await page.keyboard.press(key);
        await page.waitForFunction((was) => document.querySelector('.statement')?.textContent !== was, asked);
    }
    await page.getByText('No signal. Go on').waitFor();
    await shot(page, 'offline-390');
    await accessible(page);
    await equals(() => page.evaluate(() => JSON.parse(localStorage.getItem('vigie.live.water')).queue.length), 3, 'votes on the device');
    await page.context().setOffline(false);
    await page.waitForFunction(() => JSON.parse(localStorage.getItem('vigie.live.water')).queue.length === 0);
    const me = await page.evaluate(() => JSON.parse(localStorage.getItem('vigie.live.water')).secret);
    equal((await r.post('next', { secret: me })).answered, 3, 'votes at the server');
    await page.reload(); // comes back with what the device keeps, without the consent page
    await page.locator('.statement').waitFor();
    await page.getByText('3 of 7').waitFor();
}), { allow: [/ERR_INTERNET_DISCONNECTED/, /Failed to load/] });

test('the room is right to left in Arabic, with the translation and its original', async ({ open }) => room(async (r) => {
    const page = await open(r.hash('participants'), { at: r.at, width: 390, locale: 'ar' });
    equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
    await page.locator('button.primary').click();
    await page.locator('form button[type="button"]').click();
    for (let i = 0; i < 7; i++) {
        const asked = await page.locator('.statement').textContent();
        if (asked.includes('ماء نظيف في كل بيت')) break;
        await page.keyboard.press('p');
        await page.waitForFunction((was) => document.querySelector('.statement')?.textContent !== was, asked);
    }
    await page.locator('.original summary').click();
    await page.getByText('Clean water in every house').waitFor();
    await fits(page);
    await accessible(page);
    await shot(page, 'vote-ar-390');
}));

test('consent is taken back, and what was given is gone', async ({ open }) => room(async (r) => {
    const page = await open(r.hash('participants'), { at: r.at, width: 390 });
    await join_(page);
    await page.keyboard.press('a');
    await page.getByText('1 of 7').waitFor();
    await page.locator('.leave summary').click();
    await page.getByRole('button', { name: 'Take my consent back' }).click();
    await page.getByText('It is deleted.').waitFor();
    await equals(() => page.evaluate(() => localStorage.getItem('vigie.live.water')), null);
    const desk = await r.post('desk', { key: r.secret('moderator') });
    equal([desk.people, desk.log[0].what, desk.log[0].target], [0, 'left', 0]);
}));

test('the room opens at 400 kbit/s', async ({ context }) => room(async (r) => {
    await measured(async () => {
        const page = await (await context({ width: 390 })).newPage();
        const wire = await page.context().newCDPSession(page);
        await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 300, downloadThroughput: 400_000 / 8, uploadThroughput: 200_000 / 8 });
        const began = Date.now();
        await page.goto(`${r.at}/${r.hash('participants')}`);
        await page.getByRole('button', { name: 'I agree and take part' }).waitFor();
        const took = Date.now() - began;
        return took < 10_000 ? '' : `it took ${took} ms`;
    });
}), { alone: true });

test('a moderator accepts, rejects with a reason, merges and undoes', async ({ open }) => room(async (r) => {
    const who = { secret: 'a-person-with-much-to-say' };
    await r.post('join', { ...who, code: r.secret('participants'), consent: true });
    await r.post('statements', { ...who, text: 'Clean water for every house', lang: 'en', client: 1 });
    await r.post('statements', { ...who, text: '<b>Buy</b> my lamps', lang: 'en', client: 2 });
    for (const width of [1280, 390, 320]) {
        const page = await open(r.hash('moderator'), { at: r.at, width });
        await page.getByText('<b>Buy</b> my lamps').first().waitFor();
        await fits(page);
        await accessible(page);
        await shot(page, `desk-${width}`);
        await page.context().close();
    }
    const page = await open(r.hash('moderator'), { at: r.at });
    const item = page.locator('.item', { hasText: 'my lamps' }).first();
    await item.getByRole('button', { name: 'Reject' }).click();
    await item.getByRole('textbox').fill('advertising');
    await page.keyboard.press('Enter');
    await page.locator('.whole', { hasText: 'advertising' }).waitFor();
    await page.getByRole('button', { name: 'Keep 1, merge 8 into it' }).click();
    await page.getByText('merged into 1').waitFor();
    await page.getByRole('button', { name: 'Undo: merged' }).click();
    await page.locator('td .tag', { hasText: 'undone' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('The consultation is paused.').waitFor();
    const desk = await r.post('desk', { key: r.secret('moderator') });
    equal(desk.statements.slice(7).map((s) => s.moderation), [0, -1]);
}));

test('observers see the map grow, with its tables', async ({ open, close }) => room(async (r) => {
    const page = await open(r.hash('observer'), { at: r.at });
    await page.getByText('once five people have voted').waitFor();
    await accessible(page);
    await crowd(r, 40);
    await page.locator('svg.map').waitFor();
    await page.getByRole('heading', { name: 'Common ground' }).waitFor();
    await page.getByRole('cell', { name: 'too few' }).waitFor();
    await accessible(page);
    await shot(page, 'observe-1280');
    for (const [width, dark] of [[390, true], [320, false]]) {
        const small = await open(r.hash('observer'), { at: r.at, width, dark });
        await small.locator('svg.map').waitFor();
        await fits(small);
        await accessible(small);
        await shot(small, `observe-${width}`);
    }
}, close));
