/* Questions to the server. Invariant: every failure, also one of the line, reaches the reader as a Problem with what
 * happened, why, and how to mend it; an answer that has not changed (ETag) is neither sent nor read again. */
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { readColumns, type Columns } from './columns';

export type Query = Record<string, string | number | boolean | null | undefined>;

/** What went wrong, as RFC 9457 documents of the server say it. */
export class Problem extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        readonly what: string,
        readonly why?: string,
        readonly mend?: string,
        readonly at?: string,
    ) {
        super(what);
    }
}

/* --- the token --- */

const KEY = 'vigie.token';
/** The token of this tab: kept until the tab is closed, and nowhere else. */
export const token = signal(sessionStorage.getItem(KEY) ?? '');
/** True when the server has refused for want of a token: the shell then asks for one. */
export const wanted = signal(false);

export function setToken(text: string): void {
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
    kept.clear();
    wanted.value = false;
    token.value = text;
}

export function headers(more: Record<string, string> = {}): Record<string, string> {
    return token.value ? { ...more, Authorization: `Bearer ${token.value}` } : more;
}

/* --- asking --- */

/** The whole address of a path below the page, such as `api/v1/runs`; parameters that are null or '' are left out. */
export function address(path: string, query: Query = {}): string {
    const url = new URL(path.replace(/^\//, ''), document.baseURI);
    url.hash = '';
    for (const [key, value] of Object.entries(query))
        if (value != null && value !== '') url.searchParams.set(key, String(value));
    return url.href.replaceAll('%2C', ',');
}

async function problemOf(answer: Response): Promise<Problem> {
    try {
        const p = (await answer.json()) as Record<string, unknown>;
        const text = (key: string) => (typeof p[key] === 'string' ? (p[key] as string) : undefined);
        return new Problem(answer.status, text('code') ?? '', text('what') ?? text('detail') ?? text('title') ?? answer.statusText,
            text('why'), text('mend'), text('at'));
    } catch {
        return new Problem(answer.status, '', `${answer.status} ${answer.statusText}`);
    }
}

// How many questions are out, from the first try to the last letter of the answer; tests wait for data-busy to go.
let out = 0;

function count(by: number): void {
    out += by;
    if (out > 0) document.documentElement.dataset['busy'] = String(out);
    else delete document.documentElement.dataset['busy'];
}

async function counted<T>(work: () => Promise<T>): Promise<T> {
    count(1);
    try { return await work(); } finally { count(-1); }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

// A server that is busy for a moment says so (503, 429): a question that changes nothing is asked again, twice at most.
async function ask(url: string, init: RequestInit): Promise<Response> {
    for (let turn = 0; ; turn++) {
        try {
            return await askOnce(url, init);
        } catch (failure) {
            const busy = failure instanceof Problem && (failure.status === 503 || failure.status === 429);
            if (!busy || init.method || turn === 2 || init.signal?.aborted) throw failure;
            await pause(700 * (turn + 1));
        }
    }
}

async function askOnce(url: string, init: RequestInit): Promise<Response> {
    let answer: Response;
    try {
        answer = await fetch(url, { credentials: 'omit', ...init });
    } catch (failure) {
        if ((failure as Error).name === 'AbortError') throw failure;
        throw new Problem(0, 'offline', ''); // `Failed` says it in the reader's language
    }
    if (answer.ok || answer.status === 304) return answer;
    if (answer.status === 401) wanted.value = true;
    throw await problemOf(answer);
}

interface Kept { tag: string; value: unknown }
const kept = new Map<string, Kept>();
const MOST_KEPT = 60;

function keep(url: string, tag: string | null, value: unknown): void {
    if (!tag) return;
    kept.delete(url);
    kept.set(url, { tag, value });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
}

// Two parts of a page that ask the same at the same time wait for one answer.
const flying = new Map<string, Promise<unknown>>();

async function fetched(url: string, accept: string, read: (a: Response) => Promise<unknown>, stop?: AbortSignal): Promise<unknown> {
    const key = `${accept} ${url}`;
    const other = flying.get(key);
    if (other) {
        try {
            return await other;
        } catch { /* it was given up, or failed: ask for ourselves */ }
    }
    const mine = counted(() => fetchedAlone(key, url, accept, read, stop));
    flying.set(key, mine);
    const done = () => { if (flying.get(key) === mine) flying.delete(key); };
    mine.then(done, done);
    return mine;
}

async function fetchedAlone(key: string, url: string, accept: string, read: (a: Response) => Promise<unknown>, stop?: AbortSignal): Promise<unknown> {
    const before = kept.get(key);
    const answer = await ask(url, {
        headers: headers({ Accept: accept, ...(before && { 'If-None-Match': before.tag }) }), signal: stop ?? null,
    });
    if (answer.status === 304 && before) return before.value;
    const value = await read(answer);
    keep(key, answer.headers.get('ETag'), value);
    return value;
}

/** Asks for JSON (GeoJSON as well). */
export async function get<T>(path: string, query?: Query, stop?: AbortSignal): Promise<T> {
    return (await fetched(address(path, query), 'application/json, application/geo+json;q=0.9', (a) => a.json(), stop)) as T;
}

/** Asks for columns of numbers in one binary answer. */
export async function getColumns(path: string, query?: Query, stop?: AbortSignal): Promise<Columns> {
    return (await fetched(address(path, query), 'application/vnd.vigie.columns',
        async (a) => readColumns(await a.arrayBuffer()), stop)) as Columns;
}

/** Sends JSON (POST); the answer as JSON. */
export async function post<T>(path: string, body: unknown, query?: Query): Promise<T> {
    return counted(async () => {
        const answer = await ask(address(path, query), {
            method: 'POST', body: JSON.stringify(body), headers: headers({ Accept: 'application/json', 'Content-Type': 'application/json' }),
        });
        return (await answer.json()) as T;
    });
}

/** Sends a file as it is (POST); the answer as JSON. */
export async function sendText<T>(path: string, body: Blob, type: string, query?: Query): Promise<T> {
    return counted(async () => {
        const answer = await ask(address(path, query), { method: 'POST', body, headers: headers({ Accept: 'application/json', 'Content-Type': type }) });
        return (await answer.json()) as T;
    });
}

/** All rows of a table that comes in pages: follows `next` until there is none, or `most` rows are there. */
export async function getAll<T>(path: string, query?: Query, most = 100_000, stop?: AbortSignal): Promise<T[]> {
    const rows: T[] = [];
    let url: string | null = address(path, query);
    while (url && rows.length < most) {
        const page = (await fetched(url, 'application/json', (a) => a.json(), stop)) as { items: T[]; next: string | null };
        rows.push(...page.items);
        // The server writes its own address; behind a proxy ours is the one that answers.
        url = page.next ? address(path, Object.fromEntries(new URL(page.next).searchParams)) : null;
    }
    return rows;
}

/* --- asking from a component --- */

export interface Asked<T> {
    /** The last answer; stays while a newer one is on its way. */
    value: ReadonlySignal<T | undefined>;
    problem: ReadonlySignal<Problem | undefined>;
    loading: ReadonlySignal<boolean>;
    again(): void;
}

/** Goes up when the reader wants fresh data (news from the stream): all `useAsked` ask again. */
export const freshness = signal(0);

/**
 * Asks whenever a signal that `question` reads has changed, and again when the token or the data has. A question that
 * was overtaken is dropped. `question` gives null while there is nothing to ask.
 *
 *     const runs = useAsked((stop) => get<Rows<Run>>('api/v1/runs', { verb: 'forecast' }, stop));
 */
export function useAsked<T>(question: (stop: AbortSignal) => Promise<T> | null): Asked<T> {
    const value = useSignal<T | undefined>(undefined);
    const problem = useSignal<Problem | undefined>(undefined);
    const loading = useSignal(false);
    const turn = useSignal(0);
    const latest = useRef(question);
    latest.current = question;
    useEffect(() => follow(value, problem, loading, turn, (stop) => latest.current(stop)), []);
    return { value, problem, loading, again: () => { turn.value++; } };
}

function follow<T>(value: Signal<T | undefined>, problem: Signal<Problem | undefined>, loading: Signal<boolean>,
    turn: Signal<number>, question: (stop: AbortSignal) => Promise<T> | null): () => void {
    return effect(() => {
        void turn.value, void token.value, void freshness.value;
        const stop = new AbortController();
        const promise = question(stop.signal);
        if (!promise) return;
        loading.value = true;
        promise.then((answer) => {
            if (stop.signal.aborted) return;
            value.value = answer;
            problem.value = undefined;
            loading.value = false;
        }, (failure: unknown) => {
            if (stop.signal.aborted) return;
            if (!(failure instanceof Problem)) console.error(failure);
            problem.value = failure instanceof Problem ? failure : new Problem(0, 'page', String(failure));
            loading.value = false;
        });
        return () => stop.abort();
    });
}

/* --- files --- */

/** Saves an answer of the server as a file: exactly the question that is on the screen, in another form. */
export async function save(path: string, query: Query, accept: string, name: string): Promise<void> {
    await counted(async () => {
        const answer = await ask(address(path, query), { headers: headers({ Accept: accept }) });
        saveBlob(await answer.blob(), name);
    });
}

export function saveBlob(blob: Blob, name: string): void {
    const a = document.createElement('a');
    a.href = URL.createObjectURL(blob);
    a.download = name;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}
