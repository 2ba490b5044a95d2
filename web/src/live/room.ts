/* The room of a live consultation: its address, its routes, and what a device keeps. Invariant: the secret of a device or a
 * role travels in bodies only (the address keeps it behind #, which browsers do not send), and a vote that was cast is in
 * the device's own memory until the server has said that it is on its disk. */
import { signal } from '@preact/signals';

/** #vote/name/code, #moderate/name/secret, #observe/name/secret */
export function place() {
    const [part = '', name = '', secret = ''] = location.hash.slice(1).split('/');
    return { part, name: decodeURIComponent(name), secret: decodeURIComponent(secret) };
}

/** `status` 0 is a loss of signal. */
export class Refused extends Error {
    constructor(readonly status: number, what: string, readonly mend = '') {
        super(what);
    }
}

export async function post<T>(route: string, body: Record<string, unknown>): Promise<T> {
    let answer: Response;
    try {
        answer = await fetch(`./api/v1/consultations/${encodeURIComponent(place().name)}/${route}`, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(20000),
        });
    } catch {
        throw new Refused(0, '');
    }
    const read = await answer.json().catch(() => ({})) as T & { what?: string; mend?: string };
    if (!answer.ok) throw new Refused(answer.status, read.what ?? '', read.mend);
    return read;
}

/* --- what the server says --- */

export type Texts = Record<string, string>;
export interface About {
    topic: string; description: string; languages: string; state: 'open' | 'paused' | 'closed'; moderated: 'before' | 'after'; may_state: boolean;
    questions: { question: string; texts: Texts; answers: { answer: string; texts: Texts }[] }[];
}
export interface Item { number: number; language: string; text: string; original?: string; original_language?: string }
export interface Next { state: About['state']; answered: number; of: number; items: Item[] }

export const isOpen = (state: About['state'] | 'gone') => state === 'open';
export const isClosed = (state: About['state'] | 'gone') => state === 'closed';

/** A word of the organisers in the reader's language, else in their own. */
export const inLanguage = (texts: Texts, language: string) => texts[language] ?? Object.values(texts)[0] ?? '';

/* --- what the device keeps --- */

interface Cast { statement: number; value: number; client: number; at: number }
interface Kept { secret: string; agreed: boolean; joined: boolean; told: boolean; lang: string; queue: Cast[]; items: Item[]; answered: number; of: number }

const key = () => `vigie.live.${place().name}`;
const letters = () => [...crypto.getRandomValues(new Uint8Array(20))].map((b) => b.toString(16).padStart(2, '0')).join('');
const number = () => crypto.getRandomValues(new Uint32Array(2)).reduce((a, b) => a * 2 ** 20 + (b % 2 ** 20), 1);

function recall(): Kept {
    const fresh: Kept = { secret: letters(), agreed: false, joined: false, told: false, lang: '', queue: [], items: [], answered: 0, of: 0 };
    try {
        return { ...fresh, ...JSON.parse(localStorage.getItem(key()) ?? '{}') as Partial<Kept> };
    } catch {
        return fresh; /* a browser that keeps nothing: the room lasts as long as the page */
    }
}

export const kept = recall();
export function keep(change: Partial<Kept>) {
    Object.assign(kept, change);
    if (!kept.agreed) return; /* before consent the device keeps nothing */
    try { localStorage.setItem(key(), JSON.stringify(kept)); } catch { /* see recall */ }
}
export function forget() {
    Object.assign(kept, { secret: letters(), agreed: false, joined: false, told: false, queue: [], items: [], answered: 0, of: 0 });
    try { localStorage.removeItem(key()); } catch { /* see recall */ }
}
export const newNumber = number;

/* --- votes on their way --- */

export const waiting = signal(kept.queue.length);
export const offline = signal(false);
export const ended = signal<About['state'] | 'gone'>('open');
let sending = false, pause = 2000, timer = 0;

export function cast(statement: number, value: number) {
    keep({ queue: [...kept.queue, { statement, value, client: number(), at: Date.now() }] });
    waiting.value = kept.queue.length;
    void send();
}

/** Sends what waits, in its order; after a loss of signal again and again, and at once when the line is back. */
export async function send(): Promise<void> {
    if (sending || !kept.queue.length || !kept.joined) return;
    sending = true;
    clearTimeout(timer);
    const part = kept.queue.slice(0, 50);
    const age = (at: number) => Math.min(Math.max(0, Math.round((Date.now() - at) / 1000)), 604800);
    try {
        await post('votes', { secret: kept.secret, votes: part.map((v) => `${v.statement}:${v.value}:${v.client}:${age(v.at)}`).join(',') });
        const sent = new Set(part.map((v) => v.client));
        keep({ queue: kept.queue.filter((v) => !sent.has(v.client)) });
        offline.value = false;
        pause = 2000;
    } catch (failure) {
        const status = failure instanceof Refused ? failure.status : 0;
        offline.value = status === 0;
        if (status === 403) ended.value = 'gone';
        if (status === 409) await look();
        if (status === 400 || status === 403 || (status === 409 && ended.value === 'closed')) keep({ queue: [] });
        else timer = window.setTimeout(() => void send(), (pause = Math.min(pause * 1.6, 30000)));
        sending = false;
        waiting.value = kept.queue.length;
        return;
    }
    sending = false;
    waiting.value = kept.queue.length;
    if (kept.queue.length) void send();
}

/** Fetches statements to vote on, so many that a while without signal is bridged. */
export async function look(): Promise<void> {
    try {
        const next = await post<Next>('next', { secret: kept.secret, n: 20, ...(kept.lang ? { lang: kept.lang } : {}) });
        const cast = new Set(kept.queue.map((v) => v.statement));
        ended.value = next.state;
        keep({ items: next.items.filter((i) => !cast.has(i.number)), answered: next.answered + cast.size, of: next.of });
        offline.value = false;
    } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        offline.value = failure.status === 0;
        if (failure.status === 403) ended.value = 'gone';
    }
}

addEventListener('online', () => { pause = 2000; void send(); });
