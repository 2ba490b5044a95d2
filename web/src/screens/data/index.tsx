/* What the store holds: each series with its releases, freshness, gaps, licence and rejects; the rejects of an import with
 * their reasons. */
import { Answer, Export } from '../../app/parts';
import { here, param } from '../../app/route';
import { get, useAsked } from '../../api/client';
import type { Rows, Run, Vintage } from '../../api/types';
import { instant, month, num, t, tn } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';

interface Series {
    source: string;
    scope: string | null;
    variable: string | null;
    vintages: number;
    newest: number;
    version: string | null;
    first_month: string | null;
    last_month: string | null;
    known_at: string;
    imported_at: string;
    accepted: number;
    rejected: number;
    duplicates: number;
    gaps: [string, string][];
    licence: string | null;
    citation: string | null;
}
interface Reject { line: number | null; column: number | null; code: string; what: string; why: string | null; mend: string | null; row: string | null }

const days = (since: string) => Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 86_400_000));
const span = (from: string | null, to: string | null) => (from ? `${month(from)} – ${month(to)}` : t('store.unknown'));

function gapText(s: Series): string {
    if (!s.first_month) return t('store.unknown');
    if (!s.gaps.length) return t('store.gaps.none');
    return s.gaps.map(([from, to]) => (from === to ? month(from) : `${month(from)} – ${month(to)}`)).join(', ');
}

function seriesColumns(): Column<Series>[] {
    return [
        { key: 'source', head: t('store.source'), value: (s) => [s.source, s.variable].filter(Boolean).join(' '), cell: (s) => <bdi>{[s.source, s.variable].filter(Boolean).join(' ')}</bdi> },
        { key: 'scope', head: t('store.scope'), value: (s) => s.scope, cell: (s) => <bdi>{s.scope}</bdi> },
        { key: 'release', head: t('store.release'), value: (s) => s.version, cell: (s) => <bdi>{s.version ?? t('store.unknown')}</bdi> },
        { key: 'months', head: t('store.months'), value: (s) => s.last_month, cell: (s) => span(s.first_month, s.last_month) },
        { key: 'age', head: t('store.age'), title: t('store.age.long'), number: true, value: (s) => days(s.known_at), cell: (s) => tn('store.days', days(s.known_at)) },
        { key: 'gaps', head: t('store.gaps'), title: t('store.gaps.long'), value: (s) => gapText(s) },
        { key: 'accepted', head: t('store.accepted'), number: true, value: (s) => s.accepted, cell: (s) => num(s.accepted) },
        { key: 'rejected', head: t('store.rejected'), number: true, value: (s) => s.rejected, cell: (s) => num(s.rejected) },
        { key: 'duplicates', head: t('store.duplicates'), number: true, value: (s) => s.duplicates, cell: (s) => num(s.duplicates) },
        { key: 'vintages', head: t('store.vintages'), number: true, value: (s) => s.vintages, cell: (s) => num(s.vintages) },
        { key: 'licence', head: t('store.licence'), value: (s) => s.licence, cell: (s) => <span title={s.citation ?? undefined}><bdi>{s.licence ?? t('store.licence.none')}</bdi></span> },
    ];
}

function vintageColumns(): Column<Vintage>[] {
    return [
        { key: 'vintage', head: t('store.vintage'), number: true, down: true, value: (v) => v.vintage },
        { key: 'source', head: t('store.source'), value: (v) => v.source, cell: (v) => <bdi>{[v.source, v.variable].filter(Boolean).join(' ')}</bdi> },
        { key: 'release', head: t('store.release'), value: (v) => v.version, cell: (v) => <bdi>{v.version ?? t('store.unknown')}</bdi> },
        { key: 'months', head: t('store.months'), value: (v) => v.last_month, cell: (v) => span(v.first_month, v.last_month) },
        { key: 'known', head: t('store.known'), value: (v) => v.known_at, cell: (v) => instant(v.known_at) },
        { key: 'imported', head: t('store.imported'), value: (v) => v.imported_at, cell: (v) => instant(v.imported_at) },
        { key: 'accepted', head: t('store.accepted'), number: true, value: (v) => v.accepted, cell: (v) => num(v.accepted) },
        { key: 'rejected', head: t('store.rejected'), number: true, value: (v) => v.rejected, cell: (v) => (v.rejected
            ? <a href={here({ rejects: v.vintage })} aria-label={t('store.rejects.of', { vintage: v.vintage })}>{num(v.rejected)}</a> : num(0)) },
        { key: 'file', head: t('store.file'), value: (v) => v.file, cell: (v) => <bdi>{v.file}</bdi> },
        { key: 'licence', head: t('store.licence'), value: (v) => v.licence, cell: (v) => <bdi>{v.licence ?? t('store.licence.none')}</bdi> },
    ];
}

function Rejects({ vintage }: { vintage: string }) {
    const path = `api/v1/vintages/${vintage}/rejects`;
    const asked = useAsked((stop) => get<Rows<Reject>>(path, { limit: 500 }, stop));
    return (
        <section class="panel" aria-labelledby="rejects">
            <h2 id="rejects">{t('store.rejects.of', { vintage })}</h2>
            <Answer asked={asked}>{(found) => (found.items.length === 0 ? <p>{t('store.rejects.none')}</p> : (
                <Table caption={t('store.rejects')} hideCaption rows={found.items} rowKey={(r) => `${r.line}-${r.column}-${r.what}`} step={100} columns={[
                    { key: 'line', head: t('store.line'), number: true, value: (r) => r.line, cell: (r) => num(r.line) },
                    { key: 'what', head: t('store.what'), value: (r) => r.what, cell: (r) => <bdi lang="en">{r.what}</bdi> },
                    { key: 'why', head: t('store.why'), value: (r) => r.why, cell: (r) => <bdi lang="en">{r.why}</bdi> },
                    { key: 'mend', head: t('store.mend'), value: (r) => r.mend, cell: (r) => <bdi lang="en">{r.mend}</bdi> },
                    { key: 'row', head: t('store.row'), value: (r) => r.row, cell: (r) => <code><bdi>{(r.row ?? '').slice(0, 160)}</bdi></code> },
                ]} />
            ))}</Answer>
            <p><Export path={path} query={{ limit: 10000 }} name={`vigie-rejects-${vintage}`} forms={['csv', 'json']} /> <a href={here({ rejects: null })}>{t('store.close')}</a></p>
        </section>
    );
}

function Runs() {
    const asked = useAsked((stop) => get<Rows<Run>>('api/v1/runs/latest', {}, stop));
    return (
        <section class="panel" aria-labelledby="runs">
            <h2 id="runs">{t('store.runs')}</h2>
            <Answer asked={asked}>{(found) => (found.items.length === 0 ? <p>{t('store.runs.none')}</p> : (
                <Table caption={t('store.runs')} hideCaption rows={found.items} rowKey={(r) => String(r.run)} head="verb" columns={[
                    { key: 'verb', head: t('store.verb'), value: (r) => r.verb, cell: (r) => <bdi>{r.verb}</bdi> },
                    { key: 'run', head: t('store.run'), number: true, value: (r) => r.run },
                    { key: 'at', head: t('store.ran'), value: (r) => r.started_at, cell: (r) => instant(r.started_at) },
                    { key: 'vintages', head: t('store.vintages'), value: (r) => r.vintages.join(', ') },
                ]} />
            ))}</Answer>
        </section>
    );
}

export default function Data() {
    const asked = useAsked((stop) => get<Rows<Series>>('api/v1/data', {}, stop));
    const imports = useAsked((stop) => get<Rows<Vintage>>('api/v1/vintages', {}, stop));
    const rejects = param('rejects').value;
    return (
        <div class="screen">
            <h1>{t('screen.data')}</h1>
            <section class="panel" aria-labelledby="series">
                <h2 id="series">{t('store.series')}</h2>
                <Answer asked={asked}>{(found) => (found.items.length === 0 ? <p>{t('store.empty')}</p> : (
                    <Table caption={t('store.series')} hideCaption rows={found.items} columns={seriesColumns()} head="source" sort="-accepted"
                        rowKey={(s) => `${s.source} ${s.scope} ${s.variable}`} />
                ))}</Answer>
                <Export path="api/v1/data" query={{}} name="vigie-data" forms={['csv', 'json']} />
            </section>
            {/^[0-9]+$/.test(rejects) && <Rejects key={rejects} vintage={rejects} />}
            <section class="panel" aria-labelledby="imports">
                <h2 id="imports">{t('store.imports')}</h2>
                <Answer asked={imports}>{(found) => (
                    <Table caption={t('store.imports')} hideCaption rows={found.items} columns={vintageColumns()} head="source" sort="-vintage" step={50}
                        rowKey={(v) => String(v.vintage)} />
                )}</Answer>
                <Export path="api/v1/vintages" query={{}} name="vigie-vintages" forms={['csv', 'json']} />
            </section>
            <Runs />
        </div>
    );
}
