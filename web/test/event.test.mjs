// The screen of one event.
import { accessible, check, equal, equals, fits, holds, test, until } from './lib.mjs';
import { ask, CHANGED, keysShown, LANGUAGES, LATER, look } from './look.mjs';

async function changed(server) {
    for (let next = 'api/v1/collections/events/items?limit=1000'; next;) {
        const page = await ask(server, next);
        const found = page.features.find((f) => f.properties.external_id === CHANGED.id);
        if (found) return found;
        next = page.links.find((l) => l.rel === 'next')?.href.replace(/^https?:\/\/[^/]+\//, '');
    }
    throw new Error('the event is not in the store');
}

test('an event shows all its fields and what each release said', async ({ open }) => {
    const server = await look();
    const event = await changed(server);
    equal(event.properties.deaths_best, CHANGED.is);
    const page = await open(`#/event/${event.id}?lang=en`, { at: server.address });
    await equals(() => page.locator('h1').textContent(), `Event ${event.id}`);
    await holds(() => page.getByText('A made-up headline').count(), 'the source is not shown');
    const versions = page.locator('section', { has: page.getByRole('heading', { name: 'What each release said' }) });
    await equals(() => versions.locator('tbody tr').count(), 2);
    check((await versions.locator('tbody tr').first().textContent()).includes(LATER), 'the newest release does not stand first');
    const marked = await versions.locator('.differs').allTextContents();
    equal(marked.length, 1, `cells marked: ${marked}`);
    check(marked[0].includes('≠'), 'the difference is told by colour alone');
});

test('the circle of a place that is known to 25 km is drawn, and told in words', async ({ open }) => {
    const server = await look();
    const { features } = await ask(server, 'api/v1/collections/events/items?limit=1000');
    const near = features.find((f) => f.properties.place_precision === 2);
    const page = await open(`#/event/${near.id}?lang=en`, { at: server.address });
    await equals(() => page.locator('circle.circle').count(), 1);
    await equals(() => page.getByText('radius of 25 km').count(), 1, 'words of the circle');
});

test('nearby events lie within the reach of the address, nearest first', async ({ open }) => {
    const server = await look();
    const event = await changed(server);
    const page = await open(`#/event/${event.id}?lang=en&km=400&days=300`, { at: server.address });
    const near = page.locator('section', { has: page.getByRole('heading', { name: 'Nearby in space and time' }) });
    await until(async () => {
        const km = (await near.locator('tbody tr td:nth-child(2)').allTextContents()).map(Number);
        check(km.length > 1 && km.every((d) => d <= 400) && km.every((d, i) => !i || d >= km[i - 1]), `distances: ${km.slice(0, 6)}`);
    });
});

test('an event that does not exist is refused with the words of the server', async ({ open }) => {
    const server = await look();
    const page = await open('#/event/999999999?lang=en', { at: server.address, wait: false });
    await page.getByText('there is no event 999999999').first().waitFor();
}, { allow: [/404/] });

for (const lang of LANGUAGES)
    test(`an event is told in ${lang}`, async ({ open }) => {
        const server = await look();
        const page = await open(`#/event/${(await changed(server)).id}?lang=${lang}`, { at: server.address });
        equal(await keysShown(page), []);
        equal(await page.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr');
    });

test('an event is accessible and fits 390 pixels', async ({ open }) => {
    const server = await look();
    const id = (await changed(server)).id;
    await accessible(await open(`#/event/${id}?lang=fr`, { at: server.address }));
    await fits(await open(`#/event/${id}?lang=ar`, { at: server.address, width: 390 }));
});

test('by keyboard alone: from an event to the one nearby', async ({ open }) => {
    const server = await look();
    const event = await changed(server);
    const page = await open(`#/event/${event.id}?lang=en&km=400&days=300`, { at: server.address });
    const next = page.locator('section', { has: page.getByRole('heading', { name: 'Nearby in space and time' }) }).locator('tbody a').first();
    await next.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((id) => location.hash.startsWith('#/event/') && !location.hash.startsWith(`#/event/${id}?`), event.id);
});
