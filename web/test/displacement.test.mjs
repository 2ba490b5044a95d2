// The screen of displaced people.
import { accessible, check, equal, equals, fits, holds, test } from './lib.mjs';
import { ask, keysShown, LANGUAGES, look } from './look.mjs';

test('regions are ranked by forecast arrivals with intervals and level', async ({ open }) => {
    const server = await look();
    const run = (await ask(server, 'api/v1/runs?verb=displacement%20forecast')).items[0];
    const { items } = await ask(server, `api/v1/runs/${run.run}/results?kind=forecast`);
    const first = items.map((i) => i.body.month).sort()[0];
    const wanted = items.filter((i) => i.body.month === first).map((i) => Math.round(i.body.quantiles[2])).sort((a, b) => b - a);
    const page = await open('#/displacement?lang=en', { at: server.address });
    const ranking = page.locator('section', { has: page.getByRole('heading', { name: 'Regions by forecast arrivals' }) });
    await equals(async () => (await ranking.locator('tbody tr td:nth-child(3)').allTextContents()).map((text) => Number(text.replace(/\D/g, ''))), wanted);
    check((await ranking.locator('.levels').allTextContents()).every((text) => /none|watch|alert|alarm/.test(text)), 'a level without a word');
});

test('another region and month come from the address', async ({ open }) => {
    const server = await look();
    const page = await open('#/displacement/706026?lang=en&month=2020-02', { at: server.address });
    await equals(() => page.getByRole('heading', { name: 'Gedo: arrivals each month' }).count(), 1, 'it is Gedo');
    await equals(() => page.getByText('In February 2020 the middle of the forecast').count(), 1, 'it is February');
    await equals(() => page.getByRole('heading', { name: 'Where they come from' }).count(), 1, 'origins are told');
});

test('a supposition stands beside the forecast of the run', async ({ open }) => {
    const server = await look();
    const page = await open('#/displacement?lang=en', { at: server.address });
    const range = page.locator('input[type=range]');
    await range.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
    await range.dispatchEvent('change');
    await page.getByRole('columnheader', { name: 'Median under the supposition' }).waitFor();
    await holds(() => /like=\d{4}-\d\d/.test(page.url()), 'the address does not hold it');
});

test('camps stand with people, interval and capacity', async ({ open }) => {
    const server = await look();
    const page = await open('#/displacement?lang=en', { at: server.address });
    const camps = page.locator('section', { has: page.getByRole('heading', { name: 'Arrivals by camp: orn' }) });
    const table = camps.locator('table').first();
    await equals(() => table.locator('tbody tr').count(), 2);
    await table.locator('tbody tr', { hasText: 'Safe' }).click();
    await camps.getByRole('heading', { name: 'Safe: People' }).waitFor();
});

for (const lang of LANGUAGES)
    test(`displacement is told in ${lang}`, async ({ open }) => {
        const server = await look();
        const page = await open(`#/displacement?lang=${lang}`, { at: server.address });
        equal(await keysShown(page), []);
        equal(await page.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr');
    });

test('displacement is accessible and fits 390 pixels', async ({ open }) => {
    const server = await look();
    await accessible(await open('#/displacement?lang=fr&like=2017-04', { at: server.address }));
    await fits(await open('#/displacement?lang=ar', { at: server.address, width: 390 }));
});
