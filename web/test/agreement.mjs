// A watched agreement to look at: the line of contact of doc/examples, moved so that its 20 June is today, and made-up
// reports about its zones. Nothing of it happened.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance, ownStore, ROOT, startServer } from './lib.mjs';

export const ID = 'karvia-2031';
const DAY = 86_400_000;
const SHIFT = Math.floor(Date.now() / DAY) * DAY - Date.UTC(2031, 5, 20);

const text = () => readFileSync(join(ROOT, 'doc', 'examples', 'line-of-contact.toml'), 'utf8')
    .replace(/2031-\d\d-\d\d/g, (day) => new Date(Date.parse(day) + SHIFT).toISOString().slice(0, 10));

/** An instant so many days ago; the hour of that day in UTC. */
const ago = (days, hour = 0) => new Date(Math.floor(Date.now() / DAY) * DAY - days * DAY + hour * 3_600_000).toISOString();

const hoursAgo = (n) => new Date(Date.now() - n * 3_600_000).toISOString();

let serial = 0;
export const report = (more) => ({ source: 'patrol-north', id: `r${++serial}`, radius_m: 300, kind: 'patrol', act: 'artillery', weapon: 'howitzer', ...more });

// One act, as a patrol, a camera, the press and both sides tell it.
function shelling(days, hour, lat, lon, count) {
    const from = ago(days, hour), to = ago(days, hour + 0.2);
    const told = (source, kind, more) => report({ source, kind, from, to, lat, lon, count, calibre_mm: 122, received_at: ago(days, hour + 1), ...more });
    return [
        told('patrol-north', 'patrol', { actor: 'UPG', basis: 'direction' }),
        told('camera-bridge', 'camera', { lat: lat + 0.004, radius_m: 800, calibre_mm: undefined }),
        told('karvia-wire', 'press', { lat: lat - 0.006, radius_m: 2000, actor: 'provincial forces', basis: 'accused', observer: 'karvia', count: count + 2 }),
        told('joint-centre-upper', 'party', { radius_m: 1500, actor: 'KA', basis: 'accused', observer: 'upper', claims: ['self_defence'], received_at: ago(days, hour + 7) }),
    ];
}

function reports() {
    const next = chance(11), all = [];
    for (let i = 0; i < 14; i++) all.push(...shelling(1 + (i % 11), 4 + 11 * next(), 48.48 + 0.22 * next(), 31.5 + 0.6 * next(), 2 + Math.floor(8 * next())));
    all.push(
        // The waterworks, in the window of silence; one act that the other side admits.
        report({ id: 'water', from: ago(2, 9), lat: 48.87, lon: 31.93, count: 3, act: 'attack_on_infrastructure', actor: 'UPG', basis: 'seen', received_at: ago(2, 10) }),
        report({ source: 'camera-bridge', kind: 'camera', from: ago(2, 9.05), lat: 48.872, lon: 31.931, radius_m: 500, act: 'attack_on_infrastructure', received_at: ago(2, 10) }),
        report({ source: 'joint-centre-upper', kind: 'party', from: ago(5, 7), lat: 48.5, lon: 31.95, act: 'mortar', weapon: 'mortar', calibre_mm: 120, actor: 'UPG', basis: 'admitted', observer: 'upper', count: 2, received_at: ago(5, 13) }),
        report({ from: ago(4, 12), lat: 48.715, lon: 31.46, act: 'weapon_presence', weapon: 'mlrs', actor: 'KA', basis: 'seen', count: 4, received_at: ago(4, 13) }),
        report({ from: ago(3, 12), lat: 48.41, lon: 32.1, act: 'fortification', weapon: 'none', actor: 'volunteers', basis: 'seen', received_at: ago(3, 14) }),
        report({ from: ago(3, 15), lat: 48.6, lon: 31.7, act: 'obstruction_of_monitors', weapon: 'none', actor: 'KA', basis: 'seen', received_at: ago(3, 16) }),
        // A place name alone; a radius of thirty kilometres; demining that is an exception; no place at all.
        report({ source: 'karvia-wire', kind: 'press', from: ago(2), to: ago(1), lat: undefined, lon: undefined, radius_m: undefined, place: 'a village near Dolny', actor: 'UPG', basis: 'accused', received_at: ago(1, 1) }),
        report({ source: 'karvia-wire', kind: 'press', from: ago(6), to: ago(5), lat: 48.62, lon: 31.8, radius_m: 30_000, act: 'drone_strike', weapon: 'uav', received_at: ago(5, 1) }),
        report({ from: ago(3, 9), lat: 48.55, lon: 32.3, act: 'mine_laying', weapon: 'mine', claims: ['demining'], received_at: ago(3, 10) }),
        report({ source: 'line-9', kind: 'hotline', from: hoursAgo(3), radius_m: 5000, lat: 48.56, lon: 32.05, act: 'small_arms', weapon: 'small_arms', received_at: hoursAgo(2) }),
    );
    // A report that is revised, one that is withdrawn, and one that cannot be true.
    all.push(
        report({ id: 'first', from: ago(1, 6), lat: 48.66, lon: 31.62, count: 9, received_at: ago(1, 7) }),
        report({ id: 'second', revises: 'first', from: ago(1, 6), lat: 48.66, lon: 31.62, count: 4, received_at: ago(1, 8) }),
        report({ id: 'wrong', from: ago(2, 6), lat: 48.5, lon: 32.2, received_at: ago(2, 7) }),
        report({ id: 'taken-back', revises: 'wrong', withdraws: true, from: ago(2, 6), received_at: ago(2, 8) }),
        report({ id: 'no-such-latitude', from: ago(2, 6), lat: 95, lon: 32.2, received_at: ago(2, 7) }),
    );
    return all;
}

function coverage() {
    const all = [];
    for (let d = 11; d > 0; d--) {
        // On the seventh day before nobody watched, and of the tenth nothing is known.
        if (d !== 7 && d !== 10) all.push({ coverage: 'watching', source: 'patrol-north', zone: 'security', from: ago(d, 0), to: ago(d, 24), received_at: ago(d, 24) });
        if (d !== 7 && d !== 10) all.push({ coverage: d === 5 ? 'jammed' : 'watching', source: 'camera-bridge', zone: 'bridge', from: ago(d, 0), to: ago(d, 24), received_at: ago(d, 24) });
    }
    all.push({ coverage: 'restricted', source: 'patrol-north', zone: 'mill', from: ago(4, 8), to: ago(3, 8), by: 'karvia', note: 'turned back at the checkpoint', received_at: ago(3, 9) });
    all.push({ coverage: 'down', source: 'camera-bridge', zone: 'bridge', from: ago(7, 0), to: ago(6, 0), received_at: ago(6, 1) });
    return all;
}

const lines = (rows) => rows.map((r) => `${JSON.stringify(r)}\n`).join('');

/** A store with the agreement and its reports. */
export function watched() {
    const store = ownStore(), toml = join(tmpdir(), `vigie-agreement-${process.pid}.toml`), taken = join(tmpdir(), `vigie-reports-${process.pid}.jsonl`);
    writeFileSync(toml, text());
    writeFileSync(taken, lines([...coverage(), ...reports()]));
    try {
        store.vigie('ceasefire', 'enter', toml);
        store.vigie('ceasefire', 'take', taken, '--agreement', ID, '--past');
    } finally {
        rmSync(toml, { force: true });
        rmSync(taken, { force: true });
    }
    return store;
}

/** A server over such a store, with the token of an analyst, for as long as `work` takes. */
export async function withWatch(work) {
    const store = watched();
    const token = store.vigie('token', 'add', '--role', 'analyst', '--name', 'desk').trim().split(/\s+/).pop();
    const server = await startServer(store.path);
    const ask = async (path, body, type = 'application/json') => {
        const answer = await fetch(`${server.address}/api/v1/ceasefires/${ID}${path}`, {
            headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': type }) }, ...(body && { method: 'POST', body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    try {
        await work({ server, token, store, ask });
    } finally {
        await server.stop();
        store.remove();
    }
}
