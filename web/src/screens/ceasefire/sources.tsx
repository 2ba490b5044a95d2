/* Who reports, how late, how well it agrees with others, and who could see what when. A gap is a gap and never quiet. */
import { Answer } from '../../app/parts';
import { get, useAsked } from '../../api/client';
import { Figure } from '../../chart/figure';
import { instant, num, pct, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { kilometres } from '../look/data';
import { root, word, type Agreement, type Coverage, type Source } from './data';

const ROW = 26;
const PREVENTED = new Set(['restricted', 'jammed', 'cloud', 'down']);
const hours = (s: number | null) => (s == null ? null : s / 3600);

function Strips({ items }: { items: Coverage[] }) {
    const first = Math.min(...items.map((c) => Date.parse(c.from))), last = Math.max(...items.map((c) => Date.parse(c.to)));
    const rows = [...new Set(items.map((c) => `${c.source}\t${c.zone ?? ''}`))].sort();
    return (
        <Figure title={t('ceasefire.coverage')} note={t('ceasefire.coverage.text')} rows={items} rowKey={(c) => `${c.source} ${c.zone} ${c.from} ${c.state}`} save="vigie-coverage" columns={[
            { key: 'source', head: t('ceasefire.source'), value: (c) => c.source, cell: (c) => <bdi>{c.source}</bdi> },
            { key: 'zone', head: t('ceasefire.zone'), value: (c) => c.zone ?? t('ceasefire.everywhere') },
            { key: 'state', head: t('ceasefire.state'), value: (c) => word('cover', c.state) },
            { key: 'from', head: t('ceasefire.from'), value: (c) => c.from, cell: (c) => instant(c.from) },
            { key: 'to', head: t('ceasefire.to'), value: (c) => c.to, cell: (c) => instant(c.to) },
            { key: 'by', head: t('ceasefire.by'), value: (c) => c.by, cell: (c) => <bdi>{c.by}</bdi> },
            { key: 'note', head: t('ceasefire.note'), value: (c) => c.note, cell: (c) => <bdi>{c.note}</bdi> },
        ]}>
            {(width) => {
                const label = Math.min(240, width * 0.4);
                const x = (at: string) => label + ((Date.parse(at) - first) / Math.max(1, last - first)) * (width - label - 4);
                return (
                    <svg width={width} height={rows.length * ROW + 4} role="img" aria-label={t('ceasefire.coverage')} direction="ltr">
                        {rows.map((row, i) => {
                            const [source, zone] = row.split('\t') as [string, string];
                            return (
                                <g key={row} transform={`translate(0 ${i * ROW})`}>
                                    <text class="label" x={label - 8} y={17} text-anchor="end">{`${source} · ${zone || t('ceasefire.everywhere')}`}</text>
                                    <line class="gap" x1={label} x2={width - 4} y1={13} y2={13} />
                                    {items.filter((c) => c.source === source && (c.zone ?? '') === zone).map((c) => (
                                        <g key={`${c.from}${c.state}`}>
                                        <rect class={`cover cover-${c.state}`} x={x(c.from)} width={Math.max(1.5, x(c.to) - x(c.from))} y={c.state === 'watching' ? 9 : 5} height={c.state === 'watching' ? 8 : 16}>
                                            <title>{`${word('cover', c.state)} ${instant(c.from)} – ${instant(c.to)}`}</title>
                                        </rect>
                                        {PREVENTED.has(c.state) && x(c.to) - x(c.from) > 6.5 * word('cover', c.state).length
                                            && <text class={`cover-word cover-word-${c.state}`} x={(x(c.from) + x(c.to)) / 2} y={17} text-anchor="middle" aria-hidden="true">{word('cover', c.state)}</text>}
                                        </g>
                                    ))}
                                </g>
                            );
                        })}
                    </svg>
                );
            }}
        </Figure>
    );
}

export function Sources({ id, agreement, names }: { id: string; agreement: Agreement; names: Map<string, string> }) {
    const sources = useAsked((stop) => get<{ items: Source[] }>(`${root(id)}/sources`, {}, stop));
    const newest = agreement.counts.newest ?? new Date().toISOString();
    const coverage = useAsked((stop) => get<{ items: Coverage[] }>(`${root(id)}/coverage`, { from: new Date(Date.parse(newest) - 13 * 86_400_000).toISOString(), to: newest }, stop));
    return (
        <section class="panel" aria-labelledby="sources">
            <h2 id="sources">{t('ceasefire.sources')}</h2>
            <p class="note">{t('ceasefire.sources.text')}</p>
            <Answer asked={sources}>{(got) => (
                <Table caption={t('ceasefire.sources')} hideCaption rows={got.items} rowKey={(s) => s.source} head="source" save={`vigie-${id}-sources`} sort="-reports" columns={[
                    { key: 'source', head: t('ceasefire.source'), value: (s) => s.source, cell: (s) => <bdi>{s.source}</bdi> },
                    { key: 'kind', head: t('ceasefire.kind'), value: (s) => word('kind', s.kind) },
                    { key: 'party', head: t('ceasefire.speaks'), value: (s) => (s.party ? (names.get(s.party) ?? s.party) : t('ceasefire.neutral')) },
                    { key: 'reports', head: t('ceasefire.reports'), number: true, value: (s) => s.reports },
                    { key: 'revised', head: t('ceasefire.revised'), number: true, value: (s) => s.revised + s.withdrawn },
                    { key: 'quarantined', head: t('ceasefire.quarantined'), number: true, value: (s) => s.quarantined },
                    { key: 'over', head: t('ceasefire.over'), number: true, value: (s) => s.over_rate },
                    { key: 'shared', head: t('ceasefire.shared'), number: true, value: (s) => s.shared },
                    { key: 'delay', head: t('ceasefire.delay'), number: true, value: (s) => hours(s.delay_median_s), cell: (s) => num(hours(s.delay_median_s), 1) },
                    { key: 'error', head: t('ceasefire.error'), number: true, value: (s) => s.place_error_m, cell: (s) => (s.place_error_m == null ? num(null) : kilometres(s.place_error_m / 1000)) },
                    { key: 'agrees', head: t('ceasefire.agrees'), number: true, value: (s) => s.actor_agreement, cell: (s) => pct(s.actor_agreement) },
                    { key: 'watermark', head: t('ceasefire.watermark'), value: (s) => s.watermark, cell: (s) => <>{instant(s.watermark)}{s.idle && ` · ${t('ceasefire.idle')}`}</> },
                ]} />
            )}</Answer>
            <Answer asked={coverage}>{(got) => (got.items.length ? <Strips items={got.items} /> : <p>{t('ceasefire.coverage.none')}</p>)}</Answer>
        </section>
    );
}
