/* The forecast itself: key figures, fan, thresholds. Invariant: a total is never shown without its intervals. */
import { Fan, type FanMonth } from '../../chart/fan';
import { monthNumber, monthText } from '../../chart/scale';
import { Failed } from '../../app/parts';
import { param, set } from '../../app/route';
import { getAll, useAsked } from '../../api/client';
import { THRESHOLDS, type Forecast, type SeriesRow } from '../../api/types';
import { direction, lang, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { nameOf } from '../../i18n/countries';
import { Meter } from '../look/bar';
import { typesOf, type ForecastRun, type Unit } from '../look/data';

const Q = { q05: 1, q25: 3, q50: 4, q75: 5, q95: 7 } as const;

/** The quantiles of a forecast that are drawn. */
export function bands(f: Forecast): { q05: number; q25: number; q50: number; q75: number; q95: number } {
    const q = (i: number) => f.body.quantiles[i] ?? NaN;
    return { q05: q(Q.q05), q25: q(Q.q25), q50: q(Q.q50), q75: q(Q.q75), q95: q(Q.q95) };
}

/** Change of the median against the last 12 months; only between equal spans, and not from nothing. */
export function changeOf(median: number, last12: number | null, months: number): number | null {
    return months === 12 && last12 != null && last12 >= 1 ? median / last12 - 1 : null;
}

/** A change as a percentage; from right to left its sign is held in front of it. */
export function percentSigned(x: number | null): string {
    const text = `${x != null && x > 0 ? '+' : ''}${pct(x)}`;
    return direction(lang.value) === 'rtl' ? `\u2066${text}\u2069` : text;
}

export function Facts({ run, unit, total }: { run: ForecastRun; unit: Unit; total: Forecast }) {
    const median = bands(total).q50;
    const facts: [string, string][] = [
        [t('country.facts.median', { months: num(run.params.months) }), num(median)],
        [t('country.facts.last12'), num(unit.body.last12)],
        [t('country.facts.change'), percentSigned(changeOf(median, unit.body.last12, run.params.months))],
        [t('country.facts.p100'), pct(unit.body.p_month[2])],
    ];
    return (
        <dl class="tiles" aria-label={t('country.facts')}>
            {facts.map(([text, figure]) => <div key={text}><dt>{text}</dt><dd>{figure}</dd></div>)}
        </dl>
    );
}

/** Months recorded and months ahead, one after another. */
export function fanMonths(first: string, history: (number | null)[], rows: Forecast[]): FanMonth[] {
    const at = monthNumber(first);
    return [
        ...history.map((recorded, i) => ({ month: monthText(at + i), recorded })),
        ...rows.filter((f) => f.month !== null).map((f) => ({ month: f.month!, ...bands(f), mean: f.body.mean })),
    ];
}

export function Ahead({ run, unit, rows }: { run: ForecastRun; unit: Unit; rows: Forecast[] }) {
    const all = param('hist').value === 'all';
    const long = useAsked((stop) => (param('hist').value === 'all' ? getAll<SeriesRow>('api/v1/series', {
        source: run.params.source, unit_kind: 'country', unit: unit.unit, type: typesOf(run.params.target), to: run.params.origin,
    }, 100_000, stop) : null));
    const total = rows.find((f) => f.month === null)!;
    const b = bands(total);
    const series = all ? long.value.value : undefined;
    const known = series?.findIndex((r) => r.value != null) ?? -1;
    const months = series && known >= 0
        ? fanMonths(series[known]!.month, series.slice(known).map((r) => r.value), rows)
        : fanMonths(unit.body.history_first, unit.body.history, rows);
    const name = nameOf(unit.body.iso3);
    return (
        <>
            {all && long.problem.value && <Failed problem={long.problem.value} again={long.again} />}
            <Fan title={t('country.fan')} months={months} height={270} log={param('scale').value === 'log'} marks={[25, 100, 1000]}
                save={`vigie-${unit.body.iso3}-${run.params.origin}`}
                note={t('country.fan.text', { months: num(run.params.months), low50: num(b.q25), high50: num(b.q75), low90: num(b.q05), high90: num(b.q95) })} />
            <p class="choices below" aria-label={name}>
                <label><input type="checkbox" checked={all} onChange={(e) => set({ hist: e.currentTarget.checked ? 'all' : null })} /> {t('country.hist')}</label>{' '}
                <label><input type="checkbox" checked={param('scale').value === 'log'} onChange={(e) => set({ scale: e.currentTarget.checked ? 'log' : null })} /> {t('country.log')}</label>
            </p>
        </>
    );
}

interface Threshold { least: number; worst: number | undefined; whole: number | undefined }

export function Thresholds({ run, unit, total }: { run: ForecastRun; unit: Unit; total: Forecast }) {
    const rows: Threshold[] = THRESHOLDS.map((least, i) => ({ least, worst: unit.body.p_month[i], whole: total.body.probabilities[i] }));
    const columns: Column<Threshold>[] = [
        { key: 'least', head: t('country.threshold'), number: true, value: (r) => r.least },
        { key: 'worst', head: t('country.worst'), number: true, value: (r) => r.worst, cell: (r) => <><Meter share={r.worst} width={70} />{pct(r.worst)}</> },
        { key: 'whole', head: t('country.whole', { months: num(run.params.months) }), number: true, value: (r) => r.whole,
            cell: (r) => <><Meter share={r.whole} width={70} />{pct(r.whole)}</> },
    ];
    return (
        <>
            <h2>{t('country.thresholds')}</h2>
            <Table caption={t('country.thresholds')} hideCaption rows={rows} columns={columns} rowKey={(r) => String(r.least)} save={`vigie-${unit.body.iso3}-thresholds`} />
        </>
    );
}
