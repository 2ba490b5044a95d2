// The first screen: list, map and time line, by mouse and by keys, in every language, live.
import { accessible, check, equal, fits, ownStore, settled, startServer, test } from './lib.mjs';

const rows = (page) => page.locator('.situation-list tbody tr');
const bar = (page) => page.locator('.topbar');

test('the list is ranked by risk, with change, range and the last score', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    const risks = await page.locator('.chance').allTextContents();
    check(risks.length >= 30, `only ${risks.length} rows`);
    const numbers = risks.map((r) => Number(r.replace(/[^\d.]/g, '')));
    check(numbers.every((n, i) => i === 0 || n <= numbers[i - 1] + 1), 'not in the order of risk');
    const summary = await page.locator('.summary').textContent();
    check(/CRPS/.test(summary) && /Since the run/.test(summary), summary);
    check((await page.locator('.change').count()) > 20, 'no changes');
    await accessible(page);
});

test('a choice is in the address, and the address restores it', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await page.getByRole('button', { name: '≥ 100', exact: true }).click();
    await page.locator('select[name=region]').selectOption('002');
    await settled(page);
    const names = await rows(page).locator('th').allTextContents();
    check(names.includes('Nigeria') && !names.includes('Ukraine'), names.slice(0, 8).join());
    const address = await page.evaluate(() => location.hash);
    check(/show=p100/.test(address) && /region=002/.test(address), address);
    const again = await open(address);
    equal(await rows(again).locator('th').allTextContents(), names);
    equal(await again.getByRole('button', { name: '≥ 100', exact: true }).getAttribute('aria-pressed'), 'true');
});

test('choosing a country marks it in list and map and tells its figures', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await rows(page).filter({ hasText: 'Nigeria' }).first().click({ position: { x: 380, y: 8 } });
    await page.locator('.card').waitFor();
    check(/Nigeria/.test(await page.locator('.card').textContent()));
    check(/sel=NGA/.test(await page.evaluate(() => location.hash)));
    await accessible(page, { themes: ['dark'] });
});

test('everything goes by keyboard: skip link, list, map under the cross', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    await page.keyboard.press('Tab');
    equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    equal(await page.evaluate(() => document.activeElement.id), 'main');
    await page.locator('.situation-list tbody tr[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.card').waitFor();
    const chosen = await page.locator('.situation-list tr.selected').getAttribute('data-key');
    check(await page.evaluate((iso3) => location.hash.includes(`sel=${iso3}`), chosen));
    await page.locator('.map').focus();
    await page.keyboard.press('+');
    await page.locator('.cross').waitFor();
    const map = () => page.evaluate(() => document.querySelector('.map').vigieMap.view());
    const before = await map();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    check((await map()).x < before.x - 60, 'the map did not move');
    check((await map()).k > 1, 'the map did not zoom');
    const said = () => page.locator('.map [aria-live]').textContent();
    for (let i = 0; i < 12 && !(await said()); i++) await page.keyboard.press('ArrowLeft');
    check(/deaths|Nothing/.test(await said()), 'what is under the cross is not said');
});

test('the time line goes back to what was recorded, and plays', async ({ open }) => {
    const page = await open('#/situation?lang=en');
    const slider = page.locator('.time-slider');
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    check(/recorded/.test(await slider.getAttribute('aria-valuetext')), await slider.getAttribute('aria-valuetext'));
    check(/Recorded/.test(await page.locator('.situation-list thead').textContent()));
    const at = () => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('at'));
    const first = await at();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForFunction((before) => new URLSearchParams(location.hash.split('?')[1]).get('at') > before, first, { timeout: 4000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await accessible(page, { themes: ['light'] });
});

test('events are drawn when looked at closely, listed beside the map, and saved as they are filtered', async ({ open }) => {
    const page = await open('#/situation?lang=en&layer=events&list=events&type=ns&from=2023-01&to=2024-06');
    const shown = await page.evaluate(() => document.querySelector('.map').vigieMap.look?.points?.n);
    check(shown > 20, `${shown} points`);
    const types = new Set(await page.locator('.situation-list tbody td:nth-child(3)').allTextContents());
    equal([...types], ['non-state']);
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
    const place = await page.evaluate(() => {
        const map = document.querySelector('.map').vigieMap, p = map.look.points, v = map.view();
        for (let i = 0; i < p.n; i++) {
            const x = p.x[i] * v.k + v.x, y = p.y[i] * v.k + v.y;
            if (x > 250 && y > 60 && x < v.width - 120 && y < v.height - 120 && map.pointAt(x, y) === i) return { x, y, id: p.id[i] };
        }
        return null;
    });
    check(place, 'no event in view');
    const box = await page.locator('.map').boundingBox();
    await page.mouse.move(box.x + place.x, box.y + place.y);
    check(/deaths?|not known/.test(await page.locator('.tip').textContent()));
    await page.mouse.click(box.x + place.x, box.y + place.y);
    await page.waitForFunction((id) => location.hash.startsWith(`#/event/${id}`), place.id, { timeout: 3000 });
});

for (const [language, word] of Object.entries({ fr: 'Nigéria', en: 'Nigeria', ar: 'نيجيريا', es: 'Nigeria', pt: 'Nigéria', ru: 'Нигерия', zh: '尼日利亚' }))
    test(`the screen is whole in ${language}`, async ({ open }) => {
        const page = await open(`#/situation?lang=${language}`);
        check((await rows(page).locator('th').allTextContents()).includes(word), `${word} is not in the list`);
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
    const list = await page.locator('.situation-list').boundingBox(), map = await page.locator('.map').boundingBox();
    check(list.x > map.x, 'the list is not at the right');
    equal(await page.locator('.map').evaluate((e) => getComputedStyle(e).direction), 'ltr');
    await accessible(page, { themes: ['light'] });
});

test('390 px wide and 400 % zoom: nothing sticks out, everything is reachable', async ({ open }) => {
    for (const width of [390, 320]) {
        const page = await open('#/situation?lang=fr', { width, height: width === 320 ? 256 : 844 });
        await fits(page);
        check((await rows(page).count()) > 30);
        if (width === 390) await accessible(page, { themes: ['light'] });
    }
});

test('light and dark follow the system and the switch', async ({ open }) => {
    const page = await open('#/situation?lang=en', { dark: true });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const night = await ground();
    await bar(page).locator('select').nth(1).selectOption('light');
    check((await ground()) !== night);
    await page.reload();
    await settled(page);
    check((await ground()) !== night, 'the choice is forgotten');
});

test('news of the stream offers a refresh, survives a restart, and forces nothing', async ({ open }) => {
    const own = ownStore();
    const server = await startServer(own.path);
    let next;
    try {
        const page = await open('#/situation?lang=en', { at: server.address });
        await page.locator('.live-on').waitFor({ timeout: 5000 });
        await server.stop();
        await page.locator('.live-waiting').waitFor({ timeout: 5000 });
        // While the server is away a rule is applied: the stream tells it afterwards.
        own.vigie('alert', 'run', '--draws', '200');
        next = await startServer(own.path, { port: server.port });
        await page.locator('.news').waitFor({ timeout: 15000 });
        check(/alert/.test(await page.locator('.news').textContent()));
        check((await rows(page).count()) > 30, 'the screen was cleared');
        await page.locator('.news button').first().click();
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
    check(!(await page.locator('.filters').isVisible()) && (await page.locator('.disclaimer').isVisible()));
    const pdf = await page.pdf({ format: 'A4' });
    check(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-', `${pdf.length} bytes`);
});

test('a failure is told as what, why and how to mend it', async ({ open }) => {
    const page = await open('#/situation?lang=en&list=events&source=no-such-source', { wait: false });
    await page.locator('.failed, .situation-list .note').first().waitFor({ timeout: 5000 });
}, { allow: [/Failed to load/] });
