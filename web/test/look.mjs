// The store that the tests of country, event, report and displacement look at: the prepared one, a second release of the
// made-up events, forecasts of arrivals and a run of arrivals by camp. Made once a run, gone with it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeUpEvents, ownStore, ROOT, startServer } from './lib.mjs';

/** The later release: above whatever the prepared store has. */
export const LATER = '99.1';

/** The external id of the event whose releases differ, and what each says. */
export const CHANGED = { id: '900007', was: 5, is: 77 };

// A made-up fight between two countries that do not exist: two places people leave, two camps, one way between.
const CONFLICT = {
    'locations.csv': `name,region,country,lat,lon,type,conflict_day,population
Orn,North,Esland,12,20,conflict_zone,0,4000
Pell,North,Esland,12.4,21,conflict_zone,3,2500
Quay,South,Esland,11,20.5,town,,
Rest,East,Westland,10.6,21.4,camp,,900
Safe,West,Northland,11.2,19,camp,,700
`,
    'routes.csv': `name1,name2,distance_km,forced_redirection
Orn,Quay,120,0
Pell,Quay,140,0
Quay,Rest,90,0
Orn,Safe,130,0
`,
    'conflicts.csv': 'location,first_day,last_day,intensity\nOrn,0,20,1\nPell,3,20,1\n',
    'camps.csv': `date,camp,registered,source_series
2021-03-01,Rest,20,a
2021-03-21,Rest,650,a
2021-03-01,Safe,5,b
2021-03-21,Safe,420,b
`,
};

function fill(store, folder) {
    const events = join(folder, 'events.csv');
    madeUpEvents(events, 600);
    // The later release counts more deaths in one event and leaves the rest as it was.
    const lines = readFileSync(events, 'utf8').split('\n').map((line) => {
        if (!line.startsWith(`${CHANGED.id},`)) return line;
        const cells = line.split(',');
        cells.splice(17, 3, CHANGED.is, CHANGED.is + 3, CHANGED.is - 3);
        return cells.join(',');
    });
    writeFileSync(events, lines.join('\n'));
    store.vigie('import', events, '--as', 'ucdp-ged', '--version', LATER);
    const data = join(ROOT, 'test', 'cli', 'data');
    store.vigie('import', join(data, 'arrivals.csv'), join(data, 'flows.csv'));
    store.vigie('displacement', 'forecast', '--source', 'jetson-task', '--leads', '3', '--threshold', '2000', '--split', '--draws', '300');
    const conflict = join(folder, 'orn');
    mkdirSync(conflict);
    for (const [name, text] of Object.entries(CONFLICT)) writeFileSync(join(conflict, name), text);
    store.vigie('displacement', 'arrivals', '--conflict', conflict);
}

let started;

/** The server over that store; the same one for all tests. */
export function look() {
    started ??= (async () => {
        const store = ownStore(), folder = join(tmpdir(), `vigie-look-${process.pid}`);
        mkdirSync(folder);
        process.on('exit', () => { store.remove(); rmSync(folder, { recursive: true, force: true }); });
        fill(store, folder);
        const server = await startServer(store.path);
        process.on('exit', () => { void server.stop(); });
        return server;
    })();
    return started;
}

export const LANGUAGES = ['fr', 'en', 'ar', 'es', 'pt', 'ru', 'zh'];

/** What a page must not show: a key of the catalogue that was not found. */
export const keysShown = (page) => page.evaluate(() =>
    [...document.body.innerText.matchAll(/\b(?:country|event|report|displacement|figure|feature|score|stratum|target)\.[a-z][\w.]*/g)].map((m) => m[0]));

/** The answer of the server, as a test asks it. */
export const ask = async (server, path) => (await fetch(`${server.address}/${path}`, { headers: { Accept: 'application/json' } })).json();
