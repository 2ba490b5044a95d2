// The first screen: list, map and time line, by mouse and by keys, in every language, live.
import { accessible, check, equal, equals, fits, holds, ownStore, patience, says, settled, startServer, test, until } from './lib.mjs';

const rows = (page) => page.locator('.situation-list tbody tr');
const bar = (page) => page.locator('.topbar');
const hash = (page) => page.evaluate(() => location.hash);
/** Waits until the map is drawn. */
const mapped = (page) => page.waitForFunction(() => { const map = document.querySelector('.map')?.vigieMap; return map?.world && map.look && map.lastDrawMs > 0; });

test('the list is ranked by risk, with change, range and the last score', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await until(async () => {
        const risks = await page.locator('.chance').allTextContents();
        check(risks.length >= 30, `only ${risks.length} rows`);
        const numbers = risks.map((r) => Number(r.replace(/[^\d.]/g, '')));
        check(numbers.every((n, i) => i === 0 || n <= numbers[i - 1] + 1), 'not in the order of risk');
    });
    await says(page.locator('.summary'), /CRPS/, /Since the run/);
    await holds(async () => (await page.locator('.change').count()) > 20, 'no changes');
    await accessible(page);
});

test('a choice is in the address, and the address restores it', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await page.getByRole('button', { name: '≥ 100', exact: true }).click();
    await page.locator('select[name=region]').selectOption('002');
    const address = await holds(async () => { const at = await hash(page); return /show=p100/.test(at) && /region=002/.test(at) && at; }, 'the choice is not in the address');
    await page.locator('button[aria-pressed=true]', { hasText: '≥ 100' }).waitFor();
    await settled(page);
    const names = await until(async () => {
        const names = await rows(page).locator('th').allTextContents();
        check(names.includes('Nigeria') && !names.includes('Ukraine'), names.slice(0, 8).join());
        return names;
    });
    const again = await open(address);
    await equals(() => rows(again).locator('th').allTextContents(), names);
    await equals(() => again.getByRole('button', { name: '≥ 100', exact: true }).getAttribute('aria-pressed'), 'true');
});

test('choosing a country marks it in list and map and tells its figures', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await rows(page).filter({ hasText: 'Nigeria' }).first().click({ position: { x: 380, y: 8 } });
    await page.locator('.card').waitFor();
    await says(page.locator('.card'), /Nigeria/);
    await holds(async () => /sel=NGA/.test(await hash(page)), 'the country is not in the address');
    await accessible(page, { themes: ['dark'] });
});

test('everything goes by keyboard: skip link, list, map under the cross', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await page.keyboard.press('Tab');
    await equals(() => page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    await equals(() => page.evaluate(() => document.activeElement.id), 'main');
    await mapped(page);
    await page.locator('.situation-list tbody tr[tabindex="0"]').focus();
    const second = await rows(page).nth(1).getAttribute('data-key');
    await page.keyboard.press('ArrowDown');
    await equals(() => page.evaluate(() => document.activeElement.dataset.key), second, 'the row of the focus');
    await page.keyboard.press('Enter');
    await page.locator('.card').waitFor();
    await equals(() => page.locator('.situation-list tr.selected').getAttribute('data-key'), second);
    await holds(async () => (await hash(page)).includes(`sel=${second}`), 'the country is not in the address');
    await settled(page);
    await page.locator('.map').focus();
    await page.keyboard.press('+');
    await page.locator('.cross').waitFor();
    const map = () => page.evaluate(() => document.querySelector('.map').vigieMap.view());
    const before = await map();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await holds(async () => (await map()).x < before.x - 60, 'the map did not move');
    check((await map()).k > 1, 'the map did not zoom');
    const said = () => page.locator('.map [aria-live]').textContent();
    for (let i = 0; i < 12 && !(await said()); i++) {
        await page.keyboard.press('ArrowLeft');
        await settled(page);
    }
    await holds(async () => /deaths|Nothing/.test(await said()), 'what is under the cross is not said');
});

test('the time line goes back to what was recorded, and plays', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    const slider = page.locator('.time-slider');
    const at = () => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('at'));
    await slider.focus();
    for (let i = 0; i < 2; i++) {
        const before = await at();
        await page.keyboard.press('ArrowLeft');
        await holds(async () => (await at()) !== before, 'the month did not change');
    }
    await holds(async () => /recorded/.test(await slider.getAttribute('aria-valuetext')), 'the slider tells nothing recorded');
    await says(page.locator('.situation-list thead'), /Recorded/);
    const first = await at();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction((before) => new URLSearchParams(location.hash.split('?')[1]).get('at') > before, first);
    await page.getByRole('button', { name: 'Pause' }).click();
    await accessible(page, { themes: ['light'] });
});

test('events are drawn when looked at closely, listed beside the map, and saved as they are filtered', async ({ open }) => {
    const page = await open('#/situation?lang=en&layer=events&list=events&type=ns&from=2023-01&to=2024-06');
    await mapped(page);
    const shown = await holds(() => page.evaluate(() => { const n = document.querySelector('.map').vigieMap.look.points?.n; return n > 20 && n; }), 'no points on the map');
    await equals(async () => [...new Set(await page.locator('.situation-list tbody td:nth-child(3)').allTextContents())], ['non-state']);
    const waiting = page.waitForEvent('download');
    await page.locator('.situation-list .export').getByRole('button', { name: 'GeoJSON' }).click();
    const file = await (await waiting).path();
    const saved = JSON.parse(await (await import('node:fs/promises')).readFile(file, 'utf8'));
    equal(saved.features.length, shown, 'features saved and points on the map');
    check(saved.features.every((f) => f.properties.type === 'ns'));
    await accessible(page);
});

test('a point on the map opens its event', async ({ open }) => {
    const page = await open('#/situation?lang=en&layer=events&map=20,30,14&from=2022-01');
    await mapped(page);
    const find = () => page.evaluate(() => {
        const map = document.querySelector('.map').vigieMap, p = map.look.points, v = map.view();
        if (!p) return null;
        for (let i = 0; i < p.n; i++) {
            const x = p.x[i] * v.k + v.x, y = p.y[i] * v.k + v.y;
            if (x > 250 && y > 60 && x < v.width - 120 && y < v.height - 120 && map.pointAt(x, y) === i) return { x, y, id: p.id[i] };
        }
        return null;
    });
    // What is looked at more closely may come while the pointer is on its way: then the place is sought anew.
    const { place, x, y } = await until(async () => {
        const place = await find();
        check(place, 'no event in view');
        const box = await page.locator('.map').boundingBox(), x = box.x + place.x, y = box.y + place.y;
        await page.mouse.move(x - 1, y);
        await page.mouse.move(x, y);
        check(/deaths?|not known/.test(await page.locator('.tip').textContent({ timeout: 2000 })), 'nothing is told of it');
        equal(await find(), place, 'the place of the event');
        return { place, x, y };
    });
    await page.mouse.click(x, y);
    await page.waitForFunction((id) => location.hash.startsWith(`#/event/${id}`), place.id);
});

for (const [language, word] of Object.entries({ fr: 'Nigéria', en: 'Nigeria', ar: 'نيجيريا', es: 'Nigeria', pt: 'Nigéria', ru: 'Нигерия', zh: '尼日利亚' }))
    test(`the screen is whole in ${language}`, async ({ open }) => {
        const page = await open(`#/situation?lang=${language}`);
        await holds(async () => (await rows(page).locator('th').allTextContents()).includes(word), `${word} is not in the list`);
        equal(await page.evaluate(() => document.documentElement.dir), language === 'ar' ? 'rtl' : 'ltr');
        equal(await page.evaluate(() => document.documentElement.lang), language);
        check(!/\b(situation|measure|list|filter|time|map|layer|legend)\.\w+/.test(await page.evaluate(() => document.body.innerText)), 'a key instead of a word');
        await fits(page);
    });

test('turning to Arabic mirrors the page, and the map keeps its direction', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await bar(page).locator('select').first().selectOption('ar');
    await page.waitForFunction(() => document.documentElement.dir === 'rtl');
    await settled(page);
    await until(async () => {
        const list = await page.locator('.situation-list').boundingBox(), map = await page.locator('.map').boundingBox();
        check(list.x > map.x, 'the list is not at the right');
    });
    equal(await page.locator('.map').evaluate((e) => getComputedStyle(e).direction), 'ltr');
    await accessible(page, { themes: ['light'] });
});

test('390 px wide and 400 % zoom: nothing sticks out, everything is reachable', async ({ open }) => {
    for (const width of [390, 320]) {
        const page = await open('#/situation?lang=fr', { width, height: width === 320 ? 256 : 844 });
        await fits(page);
        await holds(async () => (await rows(page).count()) > 30, 'the list is missing');
        if (width === 390) await accessible(page, { themes: ['light'] });
    }
});

test('light and dark follow the system and the switch', async ({ open }) => {
    const page = await open('#/situation?lang=en', { dark: true });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const night = await ground();
    await bar(page).locator('select').nth(1).selectOption('light');
    await holds(async () => (await ground()) !== night, 'the choice shows nothing');
    const day = await ground();
    await page.reload();
    await settled(page);
    equal(await ground(), day, 'the choice after the page is loaded again');
});

test('news of the stream offers a refresh, survives a restart, and forces nothing', async ({ open }) => {
    const own = ownStore();
    const server = await startServer(own.path);
    let next;
    try {
        const page = await open('#/situation?lang=en', { at: server.address });
        await page.locator('.live-on').waitFor();
        await server.stop();
        await page.locator('.live-waiting').waitFor();
        // While the server is away a rule is applied: the stream tells it afterwards.
        own.vigie('alert', 'run', '--draws', '200');
        next = await startServer(own.path, { port: server.port });
        await page.locator('.news').waitFor({ timeout: 2 * patience() }); // the page comes back after up to 30 s
        await says(page.locator('.news'), /alert/);
        check((await rows(page).count()) > 30, 'the screen was cleared');
        await page.locator('.news button').first().click();
        await page.locator('.news').waitFor({ state: 'detached' });
        await settled(page);
        equal(await page.locator('.news').count(), 0);
    } finally {
        await server.stop();
        await next?.stop();
        own.remove();
    }
}, { allow: [/ERR_|Failed to load/] });

test('prints as a page of paper', async ({ open }) => {
    const page = await open('#/situation?lang=fr');
    await page.emulateMedia({ media: 'print' });
    await page.locator('.disclaimer').waitFor();
    await page.locator('.filters').waitFor({ state: 'hidden' });
    const pdf = await page.pdf({ format: 'A4' });
    check(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-', `${pdf.length} bytes`);
});

test('a failure is told as what, why and how to mend it', async ({ open }) => {
    const page = await open('#/situation?lang=en&list=events&source=no-such-source', { wait: false });
    await page.locator('.failed, .situation-list .note').first().waitFor();
}, { allow: [/Failed to load/] });
