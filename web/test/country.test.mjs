// The screen of one country.
import { accessible, check, equal, equals, fits, holds, test, until } from './lib.mjs';
import { ask, keysShown, LANGUAGES, look } from './look.mjs';

const newest = async (server) => (await ask(server, 'api/v1/runs?verb=forecast')).items.find((r) => r.params.unit === 'country');

async function mali(server) {
    const run = await newest(server);
    const unit = (await ask(server, `api/v1/runs/${run.run}/results?kind=unit&limit=10000`)).items.find((u) => u.body.iso3 === 'MLI');
    return { run, unit };
}

test('a country shows its forecast, reasons, score, neighbours and events, each with its run', async ({ open }) => {
    const server = await look();
    const { run, unit } = await mali(server);
    const page = await open('#/country/MLI?lang=en', { at: server.address });
    await equals(() => page.locator('h1').textContent(), 'Mali');
    for (const title of ['Deaths each month, recorded and forecast', 'Chance of reaching a threshold', 'How good such forecasts were', 'Neighbours', 'Events'])
        await holds(async () => await page.getByRole('heading', { name: title, exact: true }).count() === 1, `there is no "${title}"`);
    const total = (await ask(server, `api/v1/forecasts?run=${run.run}&unit=${unit.unit}&limit=1`)).items[0];
    await equals(() => page.locator('.tiles dd').first().textContent(), Math.round(total.body.quantiles[4]).toLocaleString('en'));
    await holds(async () => (await page.locator('.from').first().textContent()).startsWith(`Run ${run.run}, vintage ${run.vintages[0]}`), 'the run is not named');
    await holds(() => page.locator('a[href*="country/NER"]').count(), 'Niger is no neighbour');
});

test('the table of the fan has the months of the drawing', async ({ open }) => {
    const server = await look();
    const page = await open('#/country/MLI?lang=en', { at: server.address });
    const figure = page.locator('figure').first();
    await figure.locator('summary').click();
    await equals(() => figure.locator('tbody tr').count(), 36 + 12);
});

test('a forecast that was not scored says so', async ({ open }) => {
    const server = await look();
    const runs = (await ask(server, 'api/v1/runs?verb=forecast')).items;
    let unscored;
    for (const r of runs) if (!(await ask(server, `api/v1/scores?run=${r.run}`)).items.length) unscored = r.run;
    const page = await open(`#/country/MLI?lang=en&run=${unscored}`, { at: server.address });
    await equals(() => page.getByText('Not scored').count(), 1, 'it is said that it is not scored');
});

test('the address of a country restores run, months and types', async ({ open }) => {
    const server = await look();
    const page = await open('#/country/MLI?lang=en&type=sb&from=2023-01&to=2023-12&hist=all&scale=log', { at: server.address });
    await equals(() => page.locator('input[type=month]').first().inputValue(), '2023-01', 'the first month');
    await until(async () => {
        const dates = await page.locator('section', { has: page.getByRole('heading', { name: 'Events', exact: true }) }).locator('tbody tr td:first-child').allTextContents();
        check(dates.length > 0 && dates.every((d) => d.includes('2023')), `events of other years: ${dates.slice(0, 3)}`);
    });
    await holds(async () => await page.getByLabel('All known months').isChecked() && await page.getByLabel('Logarithmic scale').isChecked(), 'the choices of the drawing are lost');
});

test('a country without a forecast says so and shows its events', async ({ open }) => {
    const server = await look();
    const page = await open('#/country/ATA?lang=en', { at: server.address });
    await equals(() => page.getByText('There is no forecast for Antarctica').count(), 1, 'it is said');
});

for (const lang of LANGUAGES)
    test(`a country is told in ${lang}`, async ({ open }) => {
        const server = await look();
        const page = await open(`#/country/MLI?lang=${lang}`, { at: server.address });
        equal(await keysShown(page), []);
        equal(await page.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr');
    });

test('a country is accessible in light and dark', async ({ open }) => {
    const server = await look();
    await accessible(await open('#/country/MLI?lang=fr', { at: server.address }));
});

test('a country fits 390 pixels, left to right and right to left', async ({ open }) => {
    const server = await look();
    for (const lang of ['fr', 'ar']) await fits(await open(`#/country/MLI?lang=${lang}`, { at: server.address, width: 390 }));
});

test('by keyboard alone: another country, then an event', async ({ open }) => {
    const server = await look();
    const page = await open('#/country/MLI?lang=en', { at: server.address });
    await page.getByLabel('Country shown').focus();
    await page.keyboard.type('Suda');
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Sudan');
    const first = page.locator('a[href*="#/event/"]').first();
    await first.waitFor();
    await first.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash.startsWith('#/event/'));
});

test('on paper a country keeps the heads of its tables and loses the tools', async ({ open }) => {
    const server = await look();
    const page = await open('#/country/MLI?lang=fr', { at: server.address });
    await page.emulateMedia({ media: 'print' });
    await page.locator('thead th button').first().waitFor(); // the tables keep their heads
    await page.locator('.filters').waitFor({ state: 'hidden' });
    const pdf = await page.pdf({ format: 'A4' });
    check(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 10000, `${pdf.length} bytes`);
});
