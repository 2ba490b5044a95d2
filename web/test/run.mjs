// Runs the browser tests: node test/run.mjs [FILE ...] [--name TEXT]. TAP, one line a test.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { browserPath, inFile, launch, preparedStore, ROOT, runTest, startServer, tests } from './lib.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const at = words.indexOf('--name');
const named = at >= 0 ? words.splice(at, 2)[1] : '';

const files = readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()
    .filter((f) => !words.length || words.includes(f.replace('.test.mjs', '')));
for (const file of files) {
    inFile(file.replace('.test.mjs', ''));
    await import(pathToFileURL(join(here, file)));
}
const chosen = tests.filter((t) => t.name.includes(named));

async function main() {
    if (!browserPath()) {
        for (const t of chosen) console.log(`ok - ${t.file}: ${t.name} # SKIP there is no chromium here`);
        return 0;
    }
    const store = preparedStore();
    const server = await startServer(store);
    const browser = await launch();
    let failed = 0;
    try {
        for (const t of chosen) {
            const began = Date.now();
            const { ok, skipped, why } = await runTest(t, { browser, server, store, shots: join(ROOT, 'build', 'check') });
            if (!ok) failed++;
            console.log(`${ok ? 'ok' : 'not ok'} - ${t.file}: ${t.name}${skipped ? ` # SKIP ${skipped}` : ''}`);
            if (why) console.log(`# ${why}`);
            if (Date.now() - began > 5000) console.log(`# ${((Date.now() - began) / 1000).toFixed(1)} s`);
        }
    } finally {
        await browser.close();
        await server.stop();
    }
    return failed ? 1 : 0;
}

process.exit(await main());
