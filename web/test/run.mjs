// Runs the browser tests: node test/run.mjs [FILE ...] [--name TEXT] [--times N] [--jobs N]. TAP, one line a test. Two at a
// time; those that measure times come last, and alone.
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { browserPath, inFile, launch, preparedStore, ROOT, runTest, startServer, tests } from './lib.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const option = (name, otherwise) => {
    const at = words.indexOf(name);
    return at >= 0 ? words.splice(at, 2)[1] : otherwise;
};
const named = option('--name', ''), times = Number(option('--times', 1)), jobs = Number(option('--jobs', Math.min(2, cpus().length)));

const files = readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()
    .filter((f) => !words.length || words.includes(f.replace('.test.mjs', '')));
for (const file of files) {
    inFile(file.replace('.test.mjs', ''));
    await import(pathToFileURL(join(here, file)));
}
const chosen = Array.from({ length: times }, () => tests.filter((t) => t.name.includes(named))).flat();

// The lines of a test, when it has ended.
async function linesOf(t, about) {
    const began = Date.now();
    const { ok, skipped, why } = await runTest(t, about);
    const took = (Date.now() - began) / 1000;
    return { ok, lines: [`${ok ? 'ok' : 'not ok'} - ${t.file}: ${t.name}${skipped ? ` # SKIP ${skipped}` : ''}`,
        ...(why ? [`# ${why}`] : []), ...(took > 5 ? [`# ${took.toFixed(1)} s`] : [])] };
}

// Takes one after the other from the common row; gives back how many failed.
async function take(row, about) {
    let failed = 0;
    for (let t = row.shift(); t; t = row.shift()) {
        const { ok, lines } = await linesOf(t, about);
        if (!ok) failed++;
        console.log(lines.join('\n'));
    }
    return failed;
}

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
        const about = { browser, server, store, shots: join(ROOT, 'build', 'check') };
        const together = chosen.filter((t) => !t.options.alone), alone = chosen.filter((t) => t.options.alone);
        for (const n of await Promise.all(Array.from({ length: jobs }, () => take(together, about)))) failed += n;
        failed += await take(alone, about);
    } finally {
        await browser.close();
        await server.stop();
    }
    return failed ? 1 : 0;
}

process.exit(await main());
