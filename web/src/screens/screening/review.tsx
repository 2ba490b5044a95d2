/* A file of people or ships: sent, screened in the background, its hits decided on one by one. Invariant: the keys J K Y N U
 * work only while the queue has the focus and no text is being typed. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Answer, Export, Failed } from '../../app/parts';
import { param, set } from '../../app/route';
import { get, post, Problem, sendText, useAsked } from '../../api/client';
import { lang, num, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { Candidate } from './candidate';
import { VERDICTS, type Batch, type Queued, type Verdict } from './data';

const asProblem = (f: unknown) => (f instanceof Problem ? f : new Problem(0, 'page', String(f)));

function Upload({ done }: { done: () => void }) {
    const problem = useSignal<Problem | null>(null);
    const send = async (file: File | undefined) => {
        if (!file) return;
        problem.value = null;
        try {
            const made = await sendText<Batch>('api/v1/screening/batches', file, 'text/csv', { name: file.name });
            set({ batch: made.batch });
            done();
        } catch (failure) {
            problem.value = asProblem(failure);
        }
    };
    return (
        <>
            <label class="field">
                <span>{t('screening.file')}</span>
                <input type="file" accept=".csv,.tsv,.txt,text/csv" onChange={(e) => void send(e.currentTarget.files?.[0])} />
            </label>
            {problem.value && <Failed problem={problem.value} />}
        </>
    );
}

function Progress({ batch }: { batch: Batch }) {
    const read = batch.columns.filter((c) => c.property).map((c) => `${c.column} → ${c.property}`).join(', ');
    return (
        <>
            <p role="status">
                {t(`screening.state.${batch.state}`)} · {t('screening.rows', { rows: num(batch.rows), bad: num(batch.bad), hits: num(batch.hits) })}
            </p>
            {(batch.state === 'running' || batch.state === 'waiting') && (
                <progress aria-label={t('screening.progress')} max={batch.lines} value={batch.line} />
            )}
            <p class="note">{t('screening.columns')} <bdi>{read}</bdi></p>
            {batch.what && <p class="bad"><bdi>{batch.what} {batch.mend}</bdi></p>}
        </>
    );
}

function Asked({ of }: { of: Queued }) {
    const { asked } = of;
    return (
        <article class="candidate">
            <h3><bdi>{asked.names.join(' · ')}</bdi></h3>
            <p class="note">{t('screening.line', { line: num(asked.line) })}</p>
            <dl class="facts">
                {asked.birth.length > 0 && <div><dt>{t('screening.birth')}</dt><dd>{asked.birth.join(', ')}</dd></div>}
                {asked.country.length > 0 && <div><dt>{t('screening.country')}</dt><dd><bdi>{asked.country.join(', ')}</bdi></dd></div>}
                {asked.numbers.length > 0 && <div><dt>{t('screening.number')}</dt><dd><bdi>{asked.numbers.join(', ')}</bdi></dd></div>}
            </dl>
        </article>
    );
}

const KEYS: Record<string, Verdict> = { y: 'true-match', n: 'false-match', u: 'undecided' };

function Queue({ items, decided }: { items: Queued[]; decided: () => void }) {
    const at = useSignal(0), reason = useSignal(''), problem = useSignal<Problem | null>(null), busy = useSignal(false);
    const region = useRef<HTMLDivElement>(null);
    const place = Math.min(at.value, Math.max(0, items.length - 1));
    const item = items[place];
    const go = (to: number) => { at.value = Math.max(0, Math.min(items.length - 1, to)); problem.value = null; };
    const decide = async (verdict: Verdict) => {
        if (!item || busy.value) return;
        busy.value = true;
        problem.value = null;
        try {
            await post('api/v1/screening/decisions', { hit: item.hit, verdict, ...(reason.value.trim() && { reason: reason.value.trim() }) });
            reason.value = '';
            if (verdict === 'undecided') go(place + 1);
            decided();
            region.current?.focus();
        } catch (failure) {
            problem.value = asProblem(failure);
        }
        busy.value = false;
    };
    const onKey = (e: KeyboardEvent) => {
        if (e.ctrlKey || e.metaKey || e.altKey || /^(TEXTAREA|INPUT|SELECT)$/.test((e.target as HTMLElement).tagName)) return;
        const key = e.key.toLowerCase(), verdict = KEYS[key];
        if (key === 'j' || key === 'k') go(place + (key === 'j' ? 1 : -1));
        else if (verdict) void decide(verdict);
        else return;
        e.preventDefault();
    };
    if (!item) return <p role="status">{t('screening.queue.empty')}</p>;
    return (
        <div class="queue" ref={region} tabIndex={0} role="group" aria-label={t('screening.queue')} aria-describedby="keys" onKeyDown={onKey}>
            <p id="keys" class="note">{t('screening.keys')}</p>
            <p role="status">{t('screening.place', { place: num(place + 1), all: num(items.length) })}</p>
            <div class="pair"><Asked of={item} /><Candidate key={item.hit} shown={item} /></div>
            <label>
                <span>{t('screening.reason')}</span>
                <textarea value={reason.value} maxLength={2000} onInput={(e) => { reason.value = e.currentTarget.value; }} />
            </label>
            <div class="verdicts">
                <button type="button" onClick={() => go(place - 1)} disabled={place === 0}>{t('screening.previous')} <kbd>K</kbd></button>
                <button type="button" onClick={() => go(place + 1)} disabled={place >= items.length - 1}>{t('screening.next')} <kbd>J</kbd></button>
                {VERDICTS.map((v) => (
                    <button key={v} type="button" onClick={() => void decide(v)} disabled={busy.value}>
                        {t(`screening.verdict.${v}`)} <kbd>{Object.entries(KEYS).find(([, verdict]) => verdict === v)![0].toUpperCase()}</kbd>
                    </button>
                ))}
            </div>
            {problem.value && <Failed problem={problem.value} />}
        </div>
    );
}

function One({ batch }: { batch: number }) {
    const path = `api/v1/screening/batches/${batch}`;
    const how = useAsked((stop) => get<Batch>(path, {}, stop));
    const query = { which: 'open', lang: lang.value === 'fr' ? 'fr' : 'en', limit: 200 };
    const hits = useAsked((stop) => get<{ items: Queued[] }>(`${path}/hits`, query, stop));
    const state = how.value.value?.state;
    useEffect(() => {
        if (state !== 'running' && state !== 'waiting') return;
        const timer = setInterval(() => { how.again(); hits.again(); }, 1000);
        return () => clearInterval(timer);
    }, [state]);
    return (
        <section class="panel" aria-labelledby="batch">
            <h2 id="batch">{t('screening.batch', { batch: num(batch) })}</h2>
            <Answer asked={how}>{(b) => <Progress batch={b} />}</Answer>
            <Answer asked={hits}>{(got) => <Queue items={got.items} decided={() => hits.again()} />}</Answer>
            <Export path={`${path}/hits`} query={{ which: 'all', limit: 1000 }} name={`vigie-hits-${batch}`} forms={['csv', 'json']} />
        </section>
    );
}

export function Review() {
    const all = useAsked((stop) => get<{ items: Batch[] }>('api/v1/screening/batches', {}, stop));
    const batch = Number(param('batch').value);
    return (
        <>
            <section class="panel" aria-labelledby="upload">
                <h2 id="upload">{t('screening.upload')}</h2>
                <p class="note">{t('screening.upload.text')}</p>
                <Upload done={() => all.again()} />
                <Answer asked={all}>{(got) => (got.items.length === 0 ? null : (
                    <Table caption={t('screening.batches')} rows={got.items} rowKey={(b) => String(b.batch)} selected={String(batch)} onSelect={(b) => set({ batch: b.batch }, true)} columns={[
                        { key: 'batch', head: t('screening.batch.number'), number: true, value: (b) => b.batch },
                        { key: 'name', head: t('screening.batch.name'), value: (b) => b.name, cell: (b) => <bdi>{b.name}</bdi> },
                        { key: 'state', head: t('screening.batch.state'), value: (b) => t(`screening.state.${b.state}`) },
                        { key: 'rows', head: t('screening.batch.rows'), number: true, value: (b) => b.rows, cell: (b) => num(b.rows) },
                        { key: 'hits', head: t('screening.batch.hits'), number: true, value: (b) => b.hits, cell: (b) => num(b.hits) },
                    ]} />
                ))}</Answer>
            </section>
            {batch > 0 && <One key={batch} batch={batch} />}
            <p class="note">{t('screening.kept', { n: num(16) })}</p>
        </>
    );
}
