/* News from the server as they happen. Invariant: nothing is lost and nothing comes twice, also over a restart of the
 * server: each piece has the number of its entry in the audit log, and a new connection says the last one seen.
 * EventSource cannot send a token, so the stream is read with fetch. */
import { signal } from '@preact/signals';
import { address, headers, token } from './client';

export interface News {
    id: string;
    /** vintage, run, alert, decision, ... */
    kind: string;
    data: { entry: number; at: string; actor: string; detail: Record<string, unknown> };
}

/** Whether the stream stands. */
export const live = signal<'off' | 'waiting' | 'on'>('off');

const listeners = new Set<(n: News) => void>();
let lastId = '';
let stop: AbortController | null = null;

/** Calls `listener` for each piece of news; gives back what ends that. */
export function onNews(listener: (n: News) => void): () => void {
    listeners.add(listener);
    if (!stop) void run();
    return () => {
        listeners.delete(listener);
        if (listeners.size === 0) { stop?.abort(); stop = null; live.value = 'off'; }
    };
}

function tell(block: string): void {
    const piece = { id: '', kind: 'message', data: '' };
    for (const line of block.split('\n')) {
        // The server begins by saying, as a comment, up to which entry it has told: from there a reader comes back.
        if (/^: \d+$/.test(line)) lastId = line.slice(2);
        const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (field === 'id') piece.id = value!;
        if (field === 'event') piece.kind = value!;
        if (field === 'data') piece.data += value!;
    }
    if (piece.id) lastId = piece.id;
    if (!piece.data) return;
    try {
        const data = JSON.parse(piece.data) as News['data'];
        for (const listener of listeners) listener({ id: piece.id, kind: piece.kind, data });
    } catch (failure) {
        console.error(failure);
    }
}

async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let rest = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
        rest = blocks.pop()!;
        blocks.forEach(tell);
    }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function run(): Promise<void> {
    const mine = (stop = new AbortController());
    for (let wait = 1000; !mine.signal.aborted; wait = Math.min(wait * 2, 30_000)) {
        try {
            const answer = await fetch(address('api/v1/stream'), {
                headers: headers({ Accept: 'text/event-stream', ...(lastId && { 'Last-Event-ID': lastId }) }),
                signal: mine.signal, cache: 'no-store', credentials: 'omit',
            });
            if (answer.ok && answer.body) {
                live.value = 'on';
                wait = 500;
                await read(answer.body);
            }
        } catch { /* the line is down: come back */ }
        if (mine.signal.aborted) return;
        live.value = 'waiting';
        await pause(wait);
    }
}

// Another token is another reader: begin anew.
token.subscribe(() => {
    if (!stop) return;
    stop.abort();
    stop = null;
    if (listeners.size) void run();
});
