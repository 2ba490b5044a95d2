// The situation report: written, changed, saved as a file, printed.
import { readFileSync } from 'node:fs';
import { accessible, check, equal, equals, fits, settled, test, until } from './lib.mjs';
import { ask, keysShown, LANGUAGES, look } from './look.mjs';

test('a report has the parts of the address, in their order, and an address for each figure', async ({ open }) => {
    const server = await look();
    const page = await open('#/report?lang=en&top=3&parts=summary,ranking,countries', { at: server.address });
    await equals(() => page.locator('article h2').allTextContents(), ['Summary', 'Where the forecast is highest', 'Country by country', 'Address of each figure']);
    const run = (await ask(server, 'api/v1/runs?verb=forecast')).items[0].run;
    await until(async () => {
        const from = await page.locator('article .from').allTextContents();
        check(from.length === 4 && from.every((text) => text.includes(`Run ${run}, vintage`)), `figures without a run: ${from}`);
    });
    for (const url of await page.locator('.report-foot a').evaluateAll((all) => all.map((a) => a.href))) {
        const answer = await fetch(url, { headers: { Accept: 'application/json, application/geo+json' } });
        check(answer.ok, `${url} answers ${answer.status}`);
    }
});

test('figures in the sentences are those of the server', async ({ open }) => {
    const server = await look();
    const run = (await ask(server, 'api/v1/runs?verb=forecast')).items[0];
    const unit = (await ask(server, `api/v1/runs/${run.run}/results?kind=unit&limit=10000`)).items.find((u) => u.body.iso3 === 'MLI').unit;
    const total = (await ask(server, `api/v1/forecasts?run=${run.run}&unit=${unit}&limit=1`)).items[0].body;
    const page = await open('#/report?lang=en&country=MLI', { at: server.address });
    const n = (i) => Math.round(total.quantiles[i]).toLocaleString('en');
    await until(async () => {
        const text = await page.locator('article section').first().textContent();
        check(text.includes(`${n(4)} deaths over ${run.params.months} months`) && text.includes(`between ${n(3)} and ${n(5)}`), text.slice(0, 300));
    });
});

test('changes stay in this browser, say so, are never sent, and can be undone', async ({ open }) => {
    const server = await look();
    const page = await open('#/report?lang=en&country=MLI', { at: server.address });
    const sent = [];
    page.on('request', (r) => sent.push(`${r.method()} ${r.url()} ${r.postData() ?? ''}`));
    const title = page.locator('h1 .editable');
    await title.fill('What I tell my chief at nine');
    await title.blur();
    await page.getByText('Edited by hand').waitFor();
    await page.getByRole('button', { name: 'Add a paragraph of your own' }).first().click();
    await page.locator('.own .editable').fill('A word of my own.');
    await page.locator('.own .editable').blur();
    await page.waitForFunction(() => Object.values(localStorage).some((kept) => kept.includes('A word of my own.')));
    await page.reload();
    await settled(page);
    await equals(() => title.textContent(), 'What I tell my chief at nine');
    await equals(() => page.locator('.own .editable').textContent(), 'A word of my own.');
    check(!sent.some((s) => /chief|word of my own/i.test(s)), 'an edit was sent');
    await page.getByRole('button', { name: 'Undo all edits' }).click();
    await equals(() => title.textContent(), 'Situation report: Mali');
});

test('the saved file stands alone: no script, nothing from elsewhere, tables in it, tools gone', async ({ open, context }) => {
    const server = await look();
    const page = await open('#/report?lang=fr&country=MLI', { at: server.address });
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Enregistrer en un fichier HTML' }).click()]);
    const text = readFileSync(await download.path(), 'utf8');
    check(text.startsWith('<!doctype html>\n<html lang="fr" dir="ltr">'), text.slice(0, 80));
    check(!/<script|<link|src=|@import|url\(|contenteditable|<button|<input/i.test(text), 'it holds what it should not');
    check(download.suggestedFilename().endsWith('.html'), download.suggestedFilename());
    const alone = await (await context({ javaScriptEnabled: false, offline: true, width: 390 })).newPage();
    await alone.setContent(text);
    equal(await alone.locator('h1').textContent(), 'Rapport de situation\u00a0: Mali');
    check(await alone.locator('details table tbody tr').count() >= 48, 'the table of the drawing is missing');
});

test('a report is printed to PDF, one page wide', async ({ open }) => {
    const server = await look();
    const page = await open('#/report?lang=fr&top=3', { at: server.address });
    const pdf = await page.pdf({ format: 'A4', margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' } });
    check(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 10000, `${pdf.length} bytes`);
    await page.emulateMedia({ media: 'print' });
    await page.locator('.filters').waitFor({ state: 'hidden' });
    await until(async () => {
        const { wide, has } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, has: document.documentElement.clientWidth }));
        check(wide <= has, `${wide} in ${has}`);
    });
});

for (const lang of LANGUAGES)
    test(`a report is written in ${lang}`, async ({ open }) => {
        const server = await look();
        const page = await open(`#/report?lang=${lang}&top=3`, { at: server.address });
        equal(await keysShown(page), []);
        equal(await page.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr');
    });

test('a report is accessible and fits 390 pixels', async ({ open }) => {
    const server = await look();
    await accessible(await open('#/report?lang=fr&top=3', { at: server.address }));
    await fits(await open('#/report?lang=ar&top=3', { at: server.address, width: 390 }));
});
