// What stands around every screen: token, offline, weight on a slow line, many events.
import { spawnSync } from 'node:child_process';
import { check, equal, equals, holds, measured, ownStore, preparedStore, settled, startServer, test, ROOT } from './lib.mjs';

test('a server with tokens asks for one, keeps it in the tab only, and forgets it', async ({ open }) => {
    const own = ownStore();
    const made = own.vigie('token', 'add', '--role', 'viewer', '--name', 'test', '--json');
    const token = /"token"\s*:\s*"([^"]+)"/.exec(made)?.[1] ?? made.trim().split(/\s+/).find((w) => w.length > 24);
    const server = await startServer(own.path);
    try {
        const page = await open('#/situation?lang=en', { at: server.address, wait: false });
        await page.locator('#token').fill(token);
        await page.keyboard.press('Enter');
        await page.locator('.situation-list tbody tr').first().waitFor();
        equal(await page.evaluate(() => [Object.keys(localStorage).filter((k) => k.includes('token')).length, document.cookie]), [0, '']);
        await page.getByRole('button', { name: 'Forget the token' }).click();
        await page.locator('#token').waitFor();
    } finally {
        await server.stop();
        own.remove();
    }
}, { allow: [/401/] });

test('once loaded, the page opens without a line', async ({ open }) => {
    const store = preparedStore();
    const server = await startServer(store);
    const page = await open('#/situation?lang=en', { at: server.address, serviceWorkers: 'allow' });
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    await page.reload();
    await settled(page);
    const rows = await holds(() => page.locator('.situation-list tbody tr').count(), 'no list');
    await server.stop();
    await page.reload();
    await equals(() => page.locator('.situation-list tbody tr').count(), rows, 'rows without a line');
}, { allow: [/ERR_|Failed to load|fetch/] });

test('at 400 kbit/s the first useful view is there in under 3 s', async ({ context, server }) => {
    await measured(async () => {
        const page = await (await context()).newPage();
        const line = await page.context().newCDPSession(page);
        await line.send('Network.enable');
        await line.send('Network.emulateNetworkConditions', { offline: false, latency: 40, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 });
        let bytes = 0;
        line.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
        const began = Date.now();
        await page.goto(`${server.address}/#/situation?lang=fr`, { waitUntil: 'commit' });
        await page.locator('.situation-list tbody tr .chance').nth(10).waitFor();
        const list = Date.now() - began, first = bytes;
        await page.waitForFunction(() => document.querySelector('.map')?.vigieMap?.world);
        console.log(`# program: list after ${list} ms and ${(first / 1000).toFixed(0)} kB, with the map after ${Date.now() - began} ms and ${(bytes / 1000).toFixed(0)} kB`);
        check(first < 150_000, `${first} bytes before the list`);
        return list < 3000 ? '' : `${list} ms`;
    });
}, { alone: true });

test('50,000 events are drawn in under a second and pan at 20 frames a second', async ({ open }) => {
    const server = await startServer(preparedStore(50_000));
    try {
        const page = await open('#/situation?lang=en&layer=events&from=2022-01&to=2024-07', { at: server.address });
        await page.waitForFunction(() => document.querySelector('.map')?.vigieMap?.look?.points?.n >= 50_000);
        let drawMs;
        await measured(async () => {
            drawMs = await page.evaluate(async () => {
                const map = document.querySelector('.map').vigieMap;
                map.lastDrawMs = 0;
                map.show(map.world, map.look);
                while (!map.lastDrawMs) await new Promise(requestAnimationFrame);
                return map.lastDrawMs;
            });
            return drawMs < 1000 ? '' : `drawn in ${drawMs.toFixed(0)} ms`;
        });
        await page.evaluate(() => document.querySelector('.map').vigieMap.zoomBy(3));
        await measured(async () => {
            const fps = await page.evaluate(async () => {
                const map = document.querySelector('.map').vigieMap;
                const began = performance.now(), before = map.frames;
                while (performance.now() - began < 1200) {
                    map.pan(4, 1);
                    await new Promise(requestAnimationFrame);
                }
                return ((map.frames - before) * 1000) / (performance.now() - began);
            });
            console.log(`# program: 50,000 points drawn in ${drawMs.toFixed(0)} ms, ${fps.toFixed(0)} frames a second`);
            return fps >= 20 ? '' : `${fps.toFixed(1)} frames a second`;
        });
    } finally {
        await server.stop();
    }
}, { alone: true });

test('Node 18 of Debian is enough: the lock file asks for nothing newer', async () => {
    const done = spawnSync('node', ['-e', `
        const lock = require(${JSON.stringify(`${ROOT}/web/package-lock.json`)});
        for (const [name, p] of Object.entries(lock.packages)) {
            const wanted = p.engines?.node ?? '';
            if (/^>=\\s*(19|2\\d)/.test(wanted)) console.log(name, wanted);
        }`], { encoding: 'utf8' });
    equal(done.stdout.trim(), '');
});
