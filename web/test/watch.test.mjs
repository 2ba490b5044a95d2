// Alerts and data: rules measured before they are saved, each alert with the one before, what the store holds.
import { accessible, check, equals, patience, says, test, until } from './lib.mjs';

const RIGHTS = /vigie token add/;

test('alerts show rules with their figures on past years, and feeds', async ({ open }) => {
    const page = await open('#/alerts?lang=en');
    await equals(() => page.locator('h1').textContent(), 'Alerts');
    await says(page.locator('main'), RIGHTS);
    await equals(() => page.locator('a[href*="api/v1/alerts/feed"]').count(), 1, 'addresses of the feed');
    await accessible(page);
});

test('a rule is measured before it can be saved, and another value takes the figures away', async ({ open }) => {
    const page = await open('#/alerts?lang=en');
    await page.getByRole('button', { name: 'Measure on past years' }).waitFor();
    check((await page.getByRole('button', { name: 'Save this rule' }).count()) === 0, 'saving is offered unmeasured');
    // The built-in sample counts all kinds of violence together, the shared panel one of them.
    const save = page.getByRole('button', { name: 'Save this rule' });
    for (const kind of ['sb', 'all']) {
        if (await save.count()) break;
        await page.locator('form select').nth(1).selectOption(kind);
        await page.getByLabel('Least probability, %').fill('40');
        const answered = page.waitForResponse((r) => r.url().includes('verbs/alert-add'), { timeout: 4 * patience() }); // an older refusal is gone by then
        await page.getByRole('button', { name: 'Measure on past years' }).click();
        await answered;
        await save.or(page.getByRole('alert')).first().waitFor();
    }
    check(await save.count(), 'no kind of violence could be measured');
    await says(page.locator('main'), /False-alarm rate/);
    await page.getByLabel('Least probability, %').fill('41');
    await equals(() => save.count(), 0, 'saving is offered for other values');
});

test('the data screen tells sources, gaps, licence and the newest runs', async ({ open }) => {
    const page = await open('#/data?lang=fr');
    await says(page.locator('main'), /Lacunes/, /Licence/, /Lignes refusées/);
    await accessible(page);
});

test('alerts and data in Arabic run from right to left and fit a telephone', async ({ open }) => {
    for (const screen of ['alerts', 'data']) {
        const page = await open(`#/${screen}?lang=ar`, { width: 390 });
        await equals(() => page.locator('html').getAttribute('dir'), 'rtl');
        await until(async () => {
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            check(wide <= 0, `${screen} is ${wide} pixels too wide`);
        });
        check(!/watch\.|store\./.test(await page.locator('main').textContent()), 'a key without words');
    }
});

test('alerts and data are reached by keyboard', async ({ open }) => {
    const page = await open('#/data?lang=en');
    await page.keyboard.press('Tab');
    const seen = new Set();
    for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab');
        seen.add(await page.evaluate(() => document.activeElement?.tagName ?? ''));
    }
    check(seen.has('BUTTON') && seen.has('A'), [...seen].join(' '));
});
