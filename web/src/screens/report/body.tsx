/* The report itself: sentences of the catalogue with figures filled in, drawings, tables, sources. Invariant: every figure
 * names its run and vintage and has a number that leads to its address in the foot. */
import type { ComponentChildren } from 'preact';
import { Fan } from '../../chart/fan';
import { country, nameOf } from '../../i18n/countries';
import { day, instant, list, month, num, pct, regionName, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { bands, changeOf, fanMonths, percentSigned } from '../country/forecast';
import { scoreColumns, scoreRows } from '../country/score';
import { rankColumns } from '../displacement/shared';
import { Interval } from '../look/bar';
import { provenance, totalOf } from '../look/data';
import { eventColumns } from '../look/events';
import { Editable, edits, Own } from './edit';
import { MOST_EVENTS, periodOf, sourcesOf, type CountryPart, type Model, type Source } from './model';

export const PARTS = ['summary', 'ranking', 'countries', 'events', 'displacement', 'quality', 'sources'] as const;
export type Part = (typeof PARTS)[number];

/** What the report is about, in words. */
export const scopeOf = (m: Model): string =>
    m.wish.country ? nameOf(m.wish.country) : m.wish.region ? regionName(m.wish.region) : t('report.world');

function P({ id, children }: { id: string; children: string }) {
    return <p><Editable id={id} text={children} label={children.slice(0, 60)} /></p>;
}

function From({ run, sources, of }: { run: Parameters<typeof provenance>[0]; sources: Source[]; of: string }) {
    const n = sources.findIndex((s) => s.key === of) + 1;
    return <p class="from">{provenance(run)} <a href={`#source-${n}`} onClick={(e) => { e.preventDefault(); document.getElementById(`source-${n}`)?.focus(); }}>[{num(n)}]</a></p>;
}

function Section({ part, children }: { part: Part; children: ComponentChildren }) {
    return (
        <section>
            <h2><Editable id={`head.${part}`} text={t(`report.part.${part}`)} label={t(`report.part.${part}`)} /></h2>
            {children}
            <Own part={part} />
        </section>
    );
}

/* --- parts --- */

function Summary({ m }: { m: Model }) {
    const likely = (i: number) => m.units.filter((u) => (u.body.p_month[i] ?? 0) >= 0.5).length;
    const p = m.run.params, last12 = m.units.reduce((s, u) => s + (u.body.last12 ?? 0), 0);
    const target = t(`target.${p.target}`);
    return (
        <Section part="summary">
            {!m.wish.country && (
                <>
                    <P id="summary">{t('report.summary.world', { origin: month(p.origin, true), last12: num(last12), target: target.charAt(0).toLocaleLowerCase() + target.slice(1),
                        months: num(p.months), n25: num(likely(1)), n1000: num(likely(3)) })}</P>
                    {m.countries.length > 0 && <P id="top">{t('report.summary.top', { names: list(m.countries.slice(0, 5).map((c) => nameOf(c.unit.body.iso3))) })}</P>}
                </>
            )}
            {m.wish.country && m.countries[0] && <Sentences c={m.countries[0]} m={m} />}
        </Section>
    );
}

function Sentences({ c, m }: { c: CountryPart; m: Model }) {
    const total = totalOf(c.rows);
    if (!total) return null;
    const b = bands(total), u = c.unit.body, months = m.run.params.months;
    const change = changeOf(b.q50, u.last12, months);
    const chance = (i: number) => pct(u.p_month[i]);
    const like = (c.reasons?.body.analogues ?? []).slice(0, 3)
        .map((a) => t('report.country.like.row', { name: nameOf(a.iso3) || a.name, month: month(a.month), after: num(a.after_mean) }));
    return (
        <>
            <P id={`${u.iso3}.median`}>{`${t('report.country.median', { median: num(b.q50), months: num(months), low50: num(b.q25), high50: num(b.q75), low90: num(b.q05), high90: num(b.q95) })} ${
                change == null ? t('report.country.last.only', { last12: num(u.last12) }) : t('report.country.last', { last12: num(u.last12), change: percentSigned(change) })}`}</P>
            <P id={`${u.iso3}.chances`}>{`${t('report.country.chances', { p25: chance(1), p100: chance(2), p1000: chance(3) })}${like.length ? ` ${t('report.country.like', { list: list(like) })}` : ''}`}</P>
        </>
    );
}

const rankingColumns = (most: number): Column<CountryPart>[] => {
    const q = (c: CountryPart) => { const total = totalOf(c.rows); return total && bands(total); };
    return [
        { key: 'name', head: t('figure.country'), value: (c) => nameOf(c.unit.body.iso3) },
        { key: 'median', head: t('figure.median'), number: true, value: (c) => q(c)?.q50, cell: (c) => num(q(c)?.q50) },
        { key: 'in90', head: t('figure.in90'), number: true, value: (c) => q(c)?.q95, cell: (c) => {
            const b = q(c);
            return b ? <><Interval q={[b.q05, b.q25, b.q50, b.q75, b.q95]} most={most} width={90} />{num(b.q05)} – {num(b.q95)}</> : '–';
        } },
        { key: 'p25', head: t('country.p25'), number: true, value: (c) => c.unit.body.p_month[1], cell: (c) => pct(c.unit.body.p_month[1]) },
        { key: 'last12', head: t('figure.last12'), number: true, value: (c) => c.unit.body.last12 },
    ];
};

function Ranking({ m, sources }: { m: Model; sources: Source[] }) {
    const most = Math.max(1, ...m.countries.map((c) => totalOf(c.rows)?.body.quantiles[7] ?? 0));
    return (
        <Section part="ranking">
            <Table caption={t('report.part.ranking')} hideCaption rows={m.countries} columns={rankingColumns(most)} rowKey={(c) => c.unit.body.iso3} save="vigie-report-ranking" />
            <From run={m.run} sources={sources} of="ranking" />
        </Section>
    );
}

function Countries({ m, sources }: { m: Model; sources: Source[] }) {
    return (
        <Section part="countries">
            {m.countries.map((c) => {
                const iso3 = c.unit.body.iso3;
                return (
                    <section key={iso3} class="one">
                        {!m.wish.country && <h3>{nameOf(iso3)}</h3>}
                        {!m.wish.country && <Sentences c={c} m={m} />}
                        <Fan title={`${nameOf(iso3)}: ${t('country.fan')}`} months={fanMonths(c.unit.body.history_first, c.unit.body.history, c.rows)} height={190} marks={[25, 100, 1000]} save={`vigie-${iso3}`} />
                        <From run={m.run} sources={sources} of={iso3} />
                    </section>
                );
            })}
        </Section>
    );
}

const SHOWN_EVENTS = 10;

function Events({ m, sources }: { m: Model; sources: Source[] }) {
    const [from, to] = periodOf(m.wish, m.run);
    const sum = m.events.reduce((s, f) => s + (f.properties.deaths_best ?? 0), 0);
    const deadliest = [...m.events].sort((a, b) => (b.properties.deaths_best ?? 0) - (a.properties.deaths_best ?? 0)).slice(0, SHOWN_EVENTS);
    const columns = eventColumns([], !m.wish.country).filter((c) => ['date', 'country', 'place', 'type', 'deaths', 'actors'].includes(c.key));
    const n = sources.findIndex((s) => s.key === 'events') + 1;
    return (
        <Section part="events">
            {m.events.length === 0 ? <P id="events">{t('report.events.none')}</P> : (
                <>
                    <P id="events">{t('report.country.events', { from: month(from, true), to: month(to, true), n: num(m.events.length), deaths: num(sum) })}</P>
                    {(m.more || m.events.length > SHOWN_EVENTS) && <p class="note">{t('report.events.more', { n: num(m.more ? MOST_EVENTS : m.events.length) })}</p>}
                    <Table caption={t('report.part.events')} hideCaption rows={deadliest} columns={columns} rowKey={(f) => String(f.id)} save="vigie-report-events" />
                </>
            )}
            <p class="from">{list(eventVintages(m).map((v) => `${v.source} ${v.version ?? ''} (${t('event.vintage')} ${v.vintage})`))} [{num(n)}]</p>
        </Section>
    );
}

/** Vintages with events: those without a variable of their own. */
const eventVintages = (m: Model) => m.vintages.filter((v) => v.variable === null && v.first_month !== null);

function Displacement({ m, sources }: { m: Model; sources: Source[] }) {
    if (!m.arrivals) return null;
    const { run, regions } = m.arrivals;
    const at = regions[0]?.months[0]?.month ?? '';
    const of = (i: number) => regions[i]?.months[0];
    const high = regions.filter((r) => ['alert', 'alarm'].includes(r.months[0]?.alarm ?? '')).length;
    const names = regions.slice(0, 3).map((r, i) => t('report.displacement.row', { name: r.name, median: num(of(i)?.quantiles[2]), low90: num(of(i)?.quantiles[0]), high90: num(of(i)?.quantiles[4]) }));
    const scope = country(run.params.scope) ? nameOf(run.params.scope) : run.params.scope;
    return (
        <Section part="displacement">
            <P id="displacement">{t('report.displacement.text', { month: month(at, true), n: num(high), scope, list: list(names) })}</P>
            <Table caption={t('report.part.displacement')} hideCaption rows={regions.slice(0, 8)} columns={rankColumns(at, run).filter((c) => ['name', 'level', 'median', 'in90', 'last'].includes(c.key))}
                rowKey={(r) => String(r.unit)} save="vigie-report-arrivals" />
            <From run={run} sources={sources} of="displacement" />
        </Section>
    );
}

function Quality({ m, sources }: { m: Model; sources: Source[] }) {
    const rows = scoreRows(m.scores, -1), first = rows[0];
    return (
        <Section part="quality">
            {!first ? <P id="quality">{t('country.unscored')}</P> : (
                <>
                    <P id="quality">{t('report.quality.text', { from: String(first.first), to: String(first.last) })}</P>
                    <Table caption={t('report.part.quality')} hideCaption rows={rows} columns={scoreColumns(m.run.params.model)} rowKey={(r) => r.model} save="vigie-report-scores" />
                    <p class="note">{t('score.note')}</p>
                </>
            )}
            <From run={m.run} sources={sources} of="quality" />
        </Section>
    );
}

function Sources({ m }: { m: Model }) {
    const read = new Set([...m.run.vintages, ...(m.arrivals?.run.vintages ?? []), ...(m.events.length ? eventVintages(m).map((v) => v.vintage) : [])]);
    return (
        <Section part="sources">
            <P id="limits.interval">{t('report.limits.interval')}</P>
            <P id="limits.unknown">{t('report.limits.unknown')}</P>
            <ul class="note">
                {m.vintages.filter((v) => read.has(v.vintage)).map((v) => (
                    <li key={v.vintage}>{t('report.sources.row', { source: v.source, version: v.version ?? '', vintage: v.vintage, from: month(v.first_month), to: month(v.last_month),
                        when: day(v.imported_at), licence: v.licence ?? t('figure.unknown'), citation: v.citation ?? '' })}</li>
                ))}
            </ul>
        </Section>
    );
}

/* --- foot --- */

function runLine(what: string, r: Model['run'] | NonNullable<Model['arrivals']>['run']): string {
    return t('report.run', { what, run: r.run, seed: r.seed, program: r.program, when: instant(r.started_at), vintages: list(r.vintages.map(String)) });
}

function Foot({ m, sources }: { m: Model; sources: Source[] }) {
    const label = (key: string) => ((PARTS as readonly string[]).includes(key) ? t(`report.part.${key}`) : nameOf(key));
    return (
        <footer class="report-foot">
            <h2>{t('report.addresses')}</h2>
            <ol>
                {sources.map((s, i) => <li key={s.key} id={`source-${i + 1}`} tabIndex={-1}>{label(s.key)}: <a href={s.url}><bdi>{s.url}</bdi></a></li>)}
            </ol>
            <p>{runLine(t(`target.${m.run.params.target}`), m.run)}</p>
            {m.arrivals && <p>{runLine(t('report.part.displacement'), m.arrivals.run)}</p>}
            <p>{t('disclaimer.boundaries')} {t('report.limits.borders')}</p>
        </footer>
    );
}

export function Body({ m, parts }: { m: Model; parts: Part[] }) {
    const sources = sourcesOf(m);
    const [from, to] = periodOf(m.wish, m.run);
    const shows = (part: Part) => parts.includes(part);
    void edits.value; // drawn anew when a paragraph was added
    return (
        <article class="report panel">
            <header>
                <h1><Editable id="title" text={t('report.title', { scope: scopeOf(m) })} label={t('screen.report')} /></h1>
                <p class="note"><Editable id="period" text={t('report.period', { from: month(from, true), to: month(to, true), when: day(new Date().toISOString()) })} label={t('report.scope')} /></p>
            </header>
            {shows('summary') && <Summary m={m} />}
            {shows('ranking') && !m.wish.country && <Ranking m={m} sources={sources} />}
            {shows('countries') && <Countries m={m} sources={sources} />}
            {shows('events') && <Events m={m} sources={sources} />}
            {shows('displacement') && <Displacement m={m} sources={sources} />}
            {shows('quality') && <Quality m={m} sources={sources} />}
            {shows('sources') && <Sources m={m} />}
            <Foot m={m} sources={sources} />
        </article>
    );
}

/** A name for the file: what, where, when. */
export const fileName = (m: Model): string =>
    `vigie-report-${(m.wish.country || m.wish.region || 'world').toLowerCase()}-${periodOf(m.wish, m.run)[1]}-run${m.run.run}`;
