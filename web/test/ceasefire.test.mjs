// Ceasefires: watches, incidents on map and in table, one incident and a person's decision, clauses, sources, report,
// alerts, live arrival. On a made-up agreement (agreement.mjs).
import { ID, report, withWatch } from './agreement.mjs';
import { accessible, check, equal, equals, fits, holds, measured, says, test, until } from './lib.mjs';

const at = (lang, more = '') => `#/ceasefire/${ID}?lang=${lang}${more}`;
const keysShown = (p) => p.evaluate(() => [...document.body.innerText.matchAll(/\bceasefire\.[a-z][\w.]*/g)].map((m) => m[0]));

test('watched agreements are listed, and incidents stand on the map, in the table and in the address', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        const list = await open('#/ceasefire?lang=en', { at: server.address, token });
        await list.getByRole('link', { name: /Protocol on the line of contact/ }).waitFor();
        await accessible(list);

        const p = await open(at('en'), { at: server.address, token });
        const rows = p.locator('table:has(caption:text-is("List of incidents")) tbody tr');
        const { features } = await ask(`/incidents?level=possible`);
        check(features.length > 10, 'too few incidents to look at');
        await equals(() => rows.count(), features.length, 'rows');
        await equals(() => p.locator('.area .place').count(), features.filter((x) => x.geometry).length, 'places');
        // The circle of thirty kilometres is drawn a hundred times as wide as one of three hundred metres would be.
        await holds(() => p.locator('.area .error').evaluateAll((all) => Math.max(...all.map((c) => Number(c.getAttribute('r')))) > 40), 'no wide circle');
        await says(p.locator('.zones'), /Waterworks of Lisna/);
        await accessible(p);

        await p.locator('select[name=zone]').selectOption('waterworks');
        await p.getByText('1 incident.', { exact: true }).waitFor();
        await holds(() => p.url().includes('zone=waterworks'), () => p.url());
        const same = await open(at('en', '&zone=waterworks'), { at: server.address, token });
        await equals(() => same.locator('.area .place').count(), 1);
    });
});

test('an incident tells what P is made of and its reports, and the decision of a person shows', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        const p = await open(at('en'), { at: server.address, token });
        const { features } = await ask('/incidents?zone=waterworks&level=violation');
        await p.locator(`tr[data-key="${features[0].id}"]`).press('Enter');
        const panel = p.getByRole('region', { name: /^Incident / });
        await panel.getByText('The waterworks are not to be fired at').waitFor();
        await says(panel, /Place in the zone/, /Party is bound/, /in a window of silence/);
        await equals(() => panel.locator('table:has(caption:text-is("Reports of this incident")) tbody tr').count(), features[0].properties.n_reports);
        await holds(() => p.url().includes(`incident=${features[0].id}`), () => p.url());

        await panel.getByLabel('Verification').selectOption('verified');
        await panel.getByLabel('Reason').fill('two patrols were there');
        await panel.getByRole('button', { name: 'Decide' }).click();
        await panel.getByText(/desk decided: verified/).waitFor();
        await p.locator(`tr[data-key="${features[0].id}"]`).getByText('verified').waitFor();
        await equals(() => p.locator('.area .verified').count(), 1, 'marks on the map');
        equal((await ask(`/incidents/${features[0].id}`)).properties.verification, 'verified');
        await accessible(p);
    });
});

test('a clause that nobody watched is not decidable, and days without coverage are no quiet days', async ({ open }) => {
    await withWatch(async ({ server, token }) => {
        const p = await open(at('en', '&part=clauses'), { at: server.address, token });
        const row = (name) => p.locator('tbody tr', { hasText: name });
        await says(row('1 · Ceasefire'), /broken/);
        const crossing = await says(row('No crossing of the line'), /not decidable/);
        check(!/kept/.test(crossing), crossing);
        await accessible(p);
    });
});

test('sources, their coverage, the day and its corrections', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        const p = await open(at('en', '&part=sources'), { at: server.address, token });
        for (const name of ['patrol-north', 'camera-bridge', 'karvia-wire', 'joint-centre-upper', 'line-9']) await p.getByRole('rowheader', { name, exact: true }).waitFor();
        await holds(async () => (await p.locator('.cover-watching').count()) > 5 && (await p.locator('.cover-restricted').count()) === 1, 'no strips of coverage');
        await accessible(p);
        // A report that comes five days late changes a figure that was published.
        const then = new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10);
        await ask('/reports', [report({ id: 'late', from: `${then}T02:00:00Z`, lat: 48.6, lon: 31.6 })]);
        const day = await open(at('en', '&part=report'), { at: server.address, token });
        await holds(() => day.locator('table:has(caption:text-is("Figures of the day")) tbody tr').count(), 'a day without figures');
        await holds(() => day.locator('table:has(caption:text-is("Corrections of published figures")) tbody tr').count(), 'no correction');
        await accessible(day);
        const saved = day.waitForEvent('download');
        await day.getByRole('button', { name: /Save the report/ }).click();
        check(/\.html$/.test((await saved).suggestedFilename()));
    });
});

test('a report that arrives is an incident on the page within a second, without a key pressed', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        const p = await open(at('en', '&verification=reported'), { at: server.address, token });
        await p.locator('.live-on').waitFor();
        let minute = 0;
        await measured(async () => {
            minute += 7;
            const before = await p.locator('.area .place').count();
            const from = new Date(Date.now() - (80 + minute) * 60_000).toISOString();
            const lat = 48.45 + minute / 100;
            const began = Date.now();
            await ask('/reports', [report({ source: 'live', kind: 'patrol', id: `live-${minute}`, from, lat, lon: 32.3 })]);
            await p.waitForFunction((n) => document.querySelectorAll('.area .place').length > n, before, { polling: 20 });
            const took = Date.now() - began;
            console.log(`# from the report to its incident on the page: ${took} ms`);
            return took < 1000 ? '' : `it took ${took} ms`;
        });
        await says(p.locator('[role=status].note').first(), /new or changed/);
    });
}, { alone: true });

test('an escalation is told with its rule, and opens its incident', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        await holds(async () => (await ask('/alerts')).items.length, 'no escalation was told');
        const p = await open(at('en'), { at: server.address, token });
        const alerts = p.getByRole('region', { name: 'Escalation alerts' });
        await until(async () => { // more may be told while the page stands
            const { items } = await ask('/alerts');
            equal(await alerts.locator('tbody tr').count(), Math.min(10, items.length));
        });
        await says(alerts, /new weapon/);
        await alerts.locator('a.nth').first().click();
        await p.getByRole('region', { name: /^Incident / }).waitFor();
    });
});

test('the watch in French, and in Arabic from right to left, fits a telephone', async ({ open }) => {
    await withWatch(async ({ server, token, ask }) => {
        const { features } = await ask('/incidents?level=violation');
        for (const [lang, dir] of [['fr', 'ltr'], ['ar', 'rtl']])
            for (const part of ['', '&part=clauses', '&part=sources', '&part=report', `&incident=${features[0].id}`]) {
                const p = await open(at(lang, part), { at: server.address, token, width: 390 });
                await equals(async () => await p.locator('html').getAttribute('dir') || 'ltr', dir);
                equal(await keysShown(p), [], `${lang}${part}`);
                await fits(p);
                if (part === '' || part.includes('incident')) await accessible(p, { themes: ['light'] });
            }
    });
});
