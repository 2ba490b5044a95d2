/* Why: the past situations a forecast rests on, side by side with what followed, and the features that moved it. Invariant:
 * all little drawings share one scale, so that what looks alike is alike. */
import { Answer } from '../../app/parts';
import { link } from '../../app/route';
import { get, getAll, useAsked, type Asked } from '../../api/client';
import type { Rows, SeriesRow } from '../../api/types';
import { logged, monthNumber, monthText } from '../../chart/scale';
import { nameOf } from '../../i18n/countries';
import { month, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { Meter, Pull } from '../look/bar';
import { featureName, typesOf, type Analogue, type Driver, type ForecastRun, type Reasons, type Unit } from '../look/data';

interface Past { analogue: Analogue; values: (number | null)[] }
export interface Why { reasons: Reasons | undefined; past: Past[] }

const SHOWN = 5, SPAN = 12;

async function pastOf(run: ForecastRun, a: Analogue, stop: AbortSignal): Promise<Past> {
    const first = monthNumber(a.month) - SPAN + 1, last = monthNumber(a.month) + SPAN;
    const rows = await getAll<SeriesRow>('api/v1/series', {
        source: run.params.source, unit_kind: 'country', unit: a.unit, type: typesOf(run.params.target), from: monthText(first), to: monthText(last),
    }, 100, stop);
    const value = new Map(rows.map((r) => [r.month, r.value]));
    return { analogue: a, values: Array.from({ length: 2 * SPAN }, (_, i) => value.get(monthText(first + i)) ?? null) };
}

export const useReasons = (run: ForecastRun, unit: Unit): Asked<Why> => useAsked(async (stop) => {
    const { items } = await get<Rows<Reasons>>('api/v1/explanations', { run: run.run, unit: unit.unit }, stop);
    const reasons = items[0];
    const heaviest = (reasons?.body.analogues ?? []).slice(0, SHOWN);
    return { reasons, past: await Promise.all(heaviest.map((a) => pastOf(run, a, stop))) };
});

/** 12 months before and, after the line, the 12 that followed. */
function Months({ values, most, ends }: { values: (number | null)[]; most: number; ends?: boolean }) {
    const width = 168, height = 46, step = width / (2 * SPAN);
    const y = logged(most, height - 1, 2);
    return (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" direction="ltr">
            {values.map((v, i) => v != null && (
                <rect key={i} class={i < SPAN ? 'bar' : 'then'} x={i * step + 0.5} width={step - 1} y={Math.min(y(v), height - 1)} height={Math.max(0.5, height - y(v))} />
            ))}
            <line class="origin" x1={width / 2} x2={width / 2} y1="0" y2={height} />
            {ends && <text x={width / 2 + 8} y={height / 2 + 4}>?</text>}
        </svg>
    );
}

const columns = (): Column<Analogue>[] => [
    { key: 'what', head: t('figure.past'), value: (a) => `${nameOf(a.iso3) || a.name}, ${month(a.month)}`,
        cell: (a) => <><a href={link('country', a.iso3)}>{nameOf(a.iso3) || a.name}</a>, {month(a.month)}</> },
    { key: 'before', head: t('country.before12'), number: true, value: (a) => a.before12 },
    { key: 'after', head: t('country.after'), number: true, value: (a) => a.after_mean, cell: (a) => num(a.after_mean) },
    { key: 'weight', head: t('figure.weight'), number: true, value: (a) => a.weight, cell: (a) => <><Meter share={a.weight * 5} width={50} />{pct(a.weight, 1)}</> },
];

export function Situations({ asked, unit }: { asked: Asked<Why>; unit: Unit }) {
    return (
        <>
            <h2>{t('country.situations')}</h2>
            <Answer asked={asked}>
                {({ reasons, past }) => {
                    if (!reasons) return <p class="note">{t('country.noreasons')}</p>;
                    const own = unit.body.history.slice(-SPAN);
                    const most = Math.max(1, ...own.map((v) => v ?? 0), ...past.flatMap((p) => p.values.map((v) => v ?? 0)));
                    return (
                        <>
                            <p class="note">{t('country.situations.text', { own: pct(reasons.body.own_share), share: pct(reasons.body.analogue_share) })}</p>
                            <ul class="past">
                                <li class="now"><b>{t('country.now', { name: nameOf(unit.body.iso3) })}</b>
                                    <Months values={own} most={most} ends />
                                    <span class="note">{t('country.before12')}: {num(unit.body.last12)}</span></li>
                                {past.map(({ analogue: a, values }) => (
                                    <li key={`${a.iso3} ${a.month}`}><b>{nameOf(a.iso3) || a.name}, {month(a.month)}</b>
                                        {values.some((v) => v != null) ? <Months values={values} most={most} /> : <span class="note">{t('figure.unknown')}</span>}
                                        <span class="note">{t('country.before12')}: {num(a.before12)}. {t('country.after')}: {num(a.after_mean)}</span></li>
                                ))}
                            </ul>
                            <Table caption={t('country.situations')} hideCaption rows={reasons.body.analogues} columns={columns()}
                                rowKey={(a) => `${a.unit} ${a.month}`} save={`vigie-${unit.body.iso3}-situations`} />
                        </>
                    );
                }}
            </Answer>
        </>
    );
}

export function Drivers({ asked }: { asked: Asked<Why> }) {
    return (
        <>
            <h2>{t('country.drivers')}</h2>
            <Answer asked={asked}>
                {({ reasons }) => {
                    const drivers = (reasons?.body.drivers ?? []).slice(0, 10);
                    if (!drivers.length) return <p class="note">{t('country.noreasons')}</p>;
                    const most = Math.max(...drivers.map((d) => Math.abs(d.effect)));
                    const driver: Column<Driver>[] = [
                        { key: 'feature', head: t('country.feature'), value: (d) => featureName(d.feature) },
                        { key: 'rank', head: t('country.rank'), number: true, value: (d) => d.percentile, cell: (d) => pct(d.percentile) },
                        { key: 'effect', head: t('country.effect'), value: (d) => d.effect,
                            cell: (d) => <span class="nowrap"><Pull value={d.effect} most={most} width={80} />{t(d.effect > 0 ? 'country.raises' : 'country.lowers')}</span> },
                    ];
                    return <Table caption={t('country.drivers')} hideCaption rows={drivers} columns={driver} rowKey={(d) => d.feature} save="vigie-drivers" />;
                }}
            </Answer>
        </>
    );
}
