// Screening: search with its explanation, a file with its queue and keys, changes of a list, decisions. On made-up lists.
import { writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible, check, equals, holds, ownStore, says, startServer, test, until } from './lib.mjs';

const PARTIES = [
    { id: 'A1', schema: 'Person', properties: { name: ['Tamsin Orlovesku Brandt'], alias: ['Тамсин Орловеску Брандт'], birthDate: ['1965'], country: ['md'], program: ['MADE-UP'] } },
    { id: 'A2', schema: 'Person', properties: { name: ['Wenceslas Tarquinnius'], country: ['at'] } },
    { id: 'A3', schema: 'Vessel', properties: { name: ['MV Quillon Star'], imoNumber: ['9074729'] } },
];

function load(store, parties, version) {
    const file = join(tmpdir(), `vigie-made-up-${process.pid}-${version}.json`);
    writeFileSync(file, parties.map((p) => `${JSON.stringify({ caption: p.properties.name[0], datasets: ['made-up'], ...p })}\n`).join(''));
    store.vigie('screening', 'load', file, '--list', 'made-up', '--as', 'ftm', '--published', version);
    rmSync(file);
}

async function withLists(work) {
    const store = ownStore();
    load(store, PARTIES, '2026-01-01');
    load(store, [{ ...PARTIES[0], properties: { ...PARTIES[0].properties, country: ['ro'] } }, PARTIES[1]], '2026-02-01');
    const token = store.vigie('token', 'add', '--role', 'analyst', '--name', 'desk').trim().split(/\s+/).pop();
    const server = await startServer(store.path);
    try {
        await work({ server, token });
    } finally {
        await server.stop();
        store.remove();
    }
}

test('a name finds its candidate, with parts side by side and signed weights', async ({ open }) => {
    await withLists(async ({ server, token }) => {
        const p = await open('#/screening/search?lang=en&q=Tamsin+Orlovescu+Brandt&birth=1965', { at: server.address, token });
        await p.locator('.candidate').first().waitFor();
        await says(p.locator('main'), /Tamsin Orlovesku Brandt/, /MADE-UP/, /never a verdict/);
        await holds(() => p.locator('.weight .for').count(), 'no bar');
        await says(p.locator('.candidate td.number').first(), /\+\d/);
        await accessible(p);
        await p.getByRole('searchbox', { name: 'Name' }).fill('Wenceslas Tarquinius');
        await p.getByRole('heading', { name: 'Wenceslas Tarquinnius' }).waitFor();
    });
});

test('a file is screened and its queue is worked off with keys', async ({ open }) => {
    await withLists(async ({ server, token }) => {
        const p = await open('#/screening/review?lang=en', { at: server.address, token });
        await p.locator('input[type=file]').setInputFiles({ name: 'crew.csv', mimeType: 'text/csv',
            buffer: Buffer.from('Full name;DOB\nTamsin Orlovesku Brandt;1965-02-01\nWenceslas Tarquinnius;\nNobody Atall;\n') });
        const queue = p.getByRole('group', { name: 'Candidates to be decided on' });
        await queue.waitFor();
        await p.getByText('Candidate 1 of 2').waitFor();
        await accessible(p);
        await queue.focus();
        await p.keyboard.press('j');
        await p.getByText('Candidate 2 of 2').waitFor();
        await p.keyboard.press('k');
        await p.getByText('Candidate 1 of 2').waitFor();
        await p.getByLabel('Reason').fill('yes and no'); // letters typed are no keys
        await p.getByText('Candidate 1 of 2').waitFor();
        await equals(() => p.getByLabel('Reason').inputValue(), 'yes and no');
        await queue.focus();
        await p.keyboard.press('n');
        await p.getByText('Candidate 1 of 1').waitFor();
        await p.keyboard.press('y');
        await p.getByText('No candidate waits for a decision.').waitFor();
        const log = await open('#/screening/decisions?lang=en', { at: server.address, token });
        await log.getByText('yes and no').waitFor();
        await equals(() => log.locator('tbody tr').count(), 2);
        await accessible(log);
    });
});

test('what changed in a list is told by name and field', async ({ open }) => {
    await withLists(async ({ server, token }) => {
        const p = await open('#/screening/changes?lang=en&list=made-up', { at: server.address, token });
        await p.getByText('MV Quillon Star').waitFor();
        await says(p.locator('main'), /removed/, /changed/, /country/);
        await accessible(p);
    });
});

test('screening in Arabic runs from right to left and fits a telephone', async ({ open }) => {
    await withLists(async ({ server, token }) => {
        for (const part of ['search', 'review', 'changes', 'decisions']) {
            const p = await open(`#/screening/${part}?lang=ar&q=Tamsin+Brandt&list=made-up`, { at: server.address, token, width: 390 });
            await equals(() => p.locator('html').getAttribute('dir'), 'rtl');
            await until(async () => {
                const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                check(wide <= 0, `${part} is ${wide} pixels too wide`);
            });
            check(!/screening\./.test(await p.locator('main').textContent()), 'a key without words');
        }
    });
});
