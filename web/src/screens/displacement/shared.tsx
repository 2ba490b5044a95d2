/* Forecasts of arrivals by region as the store keeps them, and what screens show of them. Invariant: the level of alarm is
 * said in a word with a symbol that fills up, never by colour alone; a month that is not known is a gap. */
import { get, getAll, useAsked } from '../../api/client';
import type { Result, Rows, Run } from '../../api/types';
import { link } from '../../app/route';
import { monthNumber, monthText } from '../../chart/scale';
import { has, month, num, pct, t } from '../../i18n/i18n';
import type { Column } from '../../table/table';
import { Area, type Lonlat } from '../look/area';
import { Interval } from '../look/bar';
import { runsOf } from '../look/data';

export interface ArrivalParams {
    source: string; scope: string; variable: string; covariates: string; model: string; scenario: string;
    origin: string; data_first: string; data_last: string; n_leads: number; n_draws: number; threshold: number;
}
export type ArrivalRun = Run & { params: Record<string, unknown> & ArrivalParams };

export interface ArrivalMonth {
    month: string; mean: number; quantiles: number[]; probabilities: number[]; probability_own: number | null;
    alarm: string; expanding: number | null; ewm_log: number | null; lag12: number | null;
}
interface UnitBody { name: string; sparse: number; history_first: string; history: (number | null)[] }

export interface Region extends UnitBody { unit: number; months: ArrivalMonth[] }

export const arrivalRuns = async (stop: AbortSignal): Promise<ArrivalRun[]> => (await runsOf('displacement forecast', stop)) as ArrivalRun[];

/** The regions of a run with their past and their forecast, highest median of the first month first. */
export async function regionsOf(run: ArrivalRun, stop: AbortSignal): Promise<Region[]> {
    const path = `api/v1/runs/${run.run}/results`;
    const [units, forecasts] = await Promise.all([
        getAll<Result<UnitBody>>(path, { kind: 'unit', limit: 10_000 }, 100_000, stop),
        getAll<Result<ArrivalMonth>>(path, { kind: 'forecast', limit: 10_000 }, 100_000, stop),
    ]);
    const months = new Map<number, ArrivalMonth[]>();
    for (const f of forecasts) months.set(f.unit!, [...(months.get(f.unit!) ?? []), f.body]);
    return units.map((u) => ({ ...u.body, unit: u.unit!, months: months.get(u.unit!) ?? [] }))
        .sort((a, b) => (b.months[0]?.quantiles[2] ?? 0) - (a.months[0]?.quantiles[2] ?? 0));
}

/** What a run is about, in the name of a country where its scope is one. */
export const LEVELS = ['none', 'watch', 'alert', 'alarm'];

export function Level({ name }: { name: string }) {
    const filled = Math.max(0, LEVELS.indexOf(name));
    return (
        <span class="levels">
            <svg width="26" height="12" aria-hidden="true" direction="ltr">
                {[0, 1, 2].map((i) => <rect key={i} class={i < filled ? 'level-on' : 'level-off'} x={i * 9 + 0.5} y="0.5" width="7" height="11" />)}
            </svg>
            {has(`displacement.level.${name}`) ? t(`displacement.level.${name}`) : name}
        </span>
    );
}

const of = (r: Region, at: string): ArrivalMonth | undefined => r.months.find((m) => m.month === at);

export function rankColumns(at: string, run: ArrivalRun, most = 0): Column<Region>[] {
    const own = run.params.threshold > 0;
    return [
        { key: 'name', head: t('figure.region'), value: (r) => r.name,
            cell: (r) => <a href={link('displacement', String(r.unit), { run: run.run, month: at })}><bdi>{r.name}</bdi></a> },
        { key: 'level', head: t('displacement.level'), value: (r) => LEVELS.indexOf(of(r, at)?.alarm ?? 'none'), down: true,
            cell: (r) => <Level name={of(r, at)?.alarm ?? 'none'} /> },
        { key: 'median', head: t('figure.median'), number: true, value: (r) => of(r, at)?.quantiles[2], cell: (r) => num(of(r, at)?.quantiles[2]) },
        { key: 'in90', head: t('figure.in90'), number: true, value: (r) => of(r, at)?.quantiles[4],
            cell: (r) => <>{most > 0 && <Interval q={(of(r, at)?.quantiles ?? []) as [number, number, number, number, number]} most={most} />}{num(of(r, at)?.quantiles[0])} – {num(of(r, at)?.quantiles[4])}</> },
        { key: 'in50', head: t('figure.in50'), number: true, value: (r) => of(r, at)?.quantiles[3],
            cell: (r) => `${num(of(r, at)?.quantiles[1])} – ${num(of(r, at)?.quantiles[3])}` },
        { key: 'p1000', head: t('displacement.p', { n: num(1000) }), number: true, value: (r) => of(r, at)?.probabilities[0], cell: (r) => pct(of(r, at)?.probabilities[0]) },
        { key: 'p5000', head: t('displacement.p', { n: num(5000) }), number: true, value: (r) => of(r, at)?.probabilities[1], cell: (r) => pct(of(r, at)?.probabilities[1]) },
        ...(own ? [{ key: 'own', head: t('displacement.p', { n: num(run.params.threshold) }), number: true,
            value: (r: Region) => of(r, at)?.probability_own, cell: (r: Region) => pct(of(r, at)?.probability_own) }] : []),
        { key: 'last', head: t('displacement.last'), number: true, value: (r) => r.history.at(-1) },
        { key: 'lag12', head: t('displacement.year'), number: true, value: (r) => of(r, at)?.lag12 },
    ];
}

/* --- flows between regions --- */

export interface Place { unit: number; name: string; lat: number | null; lon: number | null; iso3: string | null }
export interface Flow { from: number | null; from_name: string | null; to: number | null; to_name: string | null; people: number }

const SHOWN = 40;

/** The ways people took in the 12 months up to the origin, summed; the widest of them drawn. */
export function FlowMap({ run, regions, only }: { run: ArrivalRun; regions: Region[]; only?: number }) {
    const last = run.params.origin, first = monthText(monthNumber(last) - 11);
    const asked = useAsked(async (stop) => {
        const [places, flows] = await Promise.all([
            get<Rows<Place>>('api/v1/regions', {}, stop),
            get<Rows<Flow>>('api/v1/flows', { from: first, to: last, sum: 'way', to_unit: only }, stop),
        ]);
        return { places: new Map(places.items.map((p) => [p.unit, p])), flows: flows.items };
    });
    const answer = asked.value.value;
    if (!answer) return null;
    const here = regions.map((r) => answer.places.get(r.unit)).filter((p): p is Place => p?.lat != null && p.lon != null);
    const ways = answer.flows.filter((f) => f.from !== f.to).sort((a, b) => b.people - a.people);
    const all = answer.flows.reduce((s, f) => s + f.people, 0);
    const inside = all - ways.reduce((s, f) => s + f.people, 0);
    if (!here.length) return null;
    if (!all) return <p class="note">{t('displacement.flows.none')}</p>;
    const most = ways[0]?.people ?? 1;
    const name = (unit: number | null, given: string | null) => given ?? regions.find((r) => r.unit === unit)?.name ?? t('figure.unknown');
    const columns: Column<Flow>[] = [
        { key: 'from', head: t('displacement.from'), value: (f) => name(f.from, f.from_name) },
        { key: 'to', head: t('displacement.to'), value: (f) => name(f.to, f.to_name) },
        { key: 'people', head: t('displacement.people'), number: true, value: (f) => f.people },
    ];
    return (
        <Area title={t('displacement.flows')} points={here.map((p) => [p.lon!, p.lat!])} rows={answer.flows} columns={columns}
            rowKey={(f) => `${f.from} ${f.to}`} save={`vigie-flows-${first}-${last}`} height={380}
            note={t('displacement.flows.text', { from: month(first), to: month(last), n: num(all), inside: num(inside) })}>
            {(place) => (
                <>
                    {ways.slice(0, SHOWN).reverse().map((f) => {
                        const a = answer.places.get(f.from ?? 0), b = answer.places.get(f.to ?? 0);
                        if (a?.lat == null || b?.lat == null) return null;
                        return <Arrow key={`${f.from} ${f.to}`} from={place([a.lon!, a.lat] as Lonlat)} to={place([b.lon!, b.lat] as Lonlat)} width={0.6 + (7 * f.people) / most}
                            title={`${name(f.from, f.from_name)} → ${name(f.to, f.to_name)}: ${num(f.people)}`} />;
                    })}
                    {here.map((p) => {
                        const [x, y] = place([p.lon!, p.lat!]);
                        return <g key={p.unit}><circle class={p.unit === only ? 'dot dot-own' : 'dot'} cx={x} cy={y} r="4" /><text class="label" x={x + 6} y={y + 4}>{p.name}</text></g>;
                    })}
                </>
            )}
        </Area>
    );
}

/** A bent way with a tip, so that there and back do not lie on each other. */
export function Arrow({ from: [x0, y0], to: [x1, y1], width, title }: { from: [number, number]; to: [number, number]; width: number; title: string }) {
    const dx = x1 - x0, dy = y1 - y0, long = Math.hypot(dx, dy) || 1;
    const cx = (x0 + x1) / 2 - dy * 0.18, cy = (y0 + y1) / 2 + dx * 0.18;
    const ux = (x1 - cx) / Math.hypot(x1 - cx, y1 - cy || 1), uy = (y1 - cy) / Math.hypot(x1 - cx || 1, y1 - cy);
    const tip = Math.min(5 + width, long / 3), ex = x1 - ux * 5, ey = y1 - uy * 5;
    return (
        <g>
            <path class="flow" d={`M${x0.toFixed(1)} ${y0.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${ex.toFixed(1)} ${ey.toFixed(1)}`} stroke-width={width}><title>{title}</title></path>
            <path class="flow-tip" d={`M${ex.toFixed(1)} ${ey.toFixed(1)}L${(ex - ux * tip - uy * tip * 0.5).toFixed(1)} ${(ey - uy * tip + ux * tip * 0.5).toFixed(1)}L${(ex - ux * tip + uy * tip * 0.5).toFixed(1)} ${(ey - uy * tip - ux * tip * 0.5).toFixed(1)}Z`} />
        </g>
    );
}
