/* What the screens country, event, report and displacement ask the server for. Invariant: a figure keeps the run and the
 * vintages it came from, and the address it can be asked for again. */
import { address, get, getAll, type Query } from '../../api/client';
import type { Forecast, ForecastParams, Result, Rows, Run } from '../../api/types';
import { monthNumber, monthText } from '../../chart/scale';
import { day, lang, list, num, t } from '../../i18n/i18n';

/* --- forecasts of deaths --- */

export interface UnitBody {
    iso3: string;
    name: string;
    last12: number | null;
    /** Highest chance of a month with at least 1, 25, 100, 1,000 deaths. */
    p_month: number[];
    history_first: string;
    history: (number | null)[];
}
export type Unit = Result<UnitBody>;

export interface Analogue { unit: number; month: string; iso3: string; name: string; weight: number; before12: number | null; after_mean: number | null }
export interface Driver { feature: string; value: number | null; percentile: number; effect: number }
export interface ReasonsBody { base: number; level: number; own_share: number; analogue_share: number; analogues: Analogue[]; drivers: Driver[] }
export type Reasons = Result<ReasonsBody>;

export interface Quality { n: number; crps: number | null; brier25: number | null; coverage50: number | null; coverage90: number | null }
export interface ScoreBody { model: string; first_window: number; last_window: number; all: Quality; strata: Quality[] }

export type ForecastRun = Run & { params: Record<string, unknown> & ForecastParams & { world_last12: number | null } };

export const runsOf = async (verb: string, stop: AbortSignal): Promise<Run[]> =>
    (await get<Rows<Run>>('api/v1/runs', { verb, limit: 100 }, stop)).items;

/** Runs of deaths by country, newest first. */
export const countryRuns = async (stop: AbortSignal): Promise<ForecastRun[]> =>
    ((await runsOf('forecast', stop)) as ForecastRun[]).filter((r) => r.params.unit === 'country');

export const unitsOf = (run: number, stop: AbortSignal): Promise<Unit[]> =>
    getAll<Unit>(`api/v1/runs/${run}/results`, { kind: 'unit', limit: 10_000 }, 100_000, stop);

/** Forecasts of a unit: the total first, then month by month. */
export const forecastOf = async (run: number, unit: number, stop: AbortSignal): Promise<Forecast[]> =>
    (await get<Rows<Forecast>>('api/v1/forecasts', { run, unit }, stop)).items;

export const totalOf = (rows: Forecast[]): Forecast | undefined => rows.find((r) => r.month === null);

/** First and last month of a forecast. */
export function spanOf(p: ForecastParams): [string, string] {
    const first = monthNumber(p.origin) + p.first_lead;
    return [monthText(first), monthText(first + p.months - 1)];
}

/** Which stratum of the scores a unit belongs to, by its last 12 months; -1 = not known. */
export const stratumOf = (last12: number | null): number =>
    last12 == null ? -1 : last12 < 1 ? 0 : last12 < 25 ? 1 : last12 < 1000 ? 2 : 3;

/** What the event types of a target are called in a question. */
export const typesOf = (target: string): string => (target === 'all' ? 'sb,ns,os' : target);

/** The name of a feature from its message key, such as feature.mean_12. */
export function featureName(key: string): string {
    const [, kind = '', n = ''] = /^feature\.([a-z]+)(?:_(\d+|for))?$/.exec(key) ?? [];
    if (kind === 'mean' && n === '1') return t('feature.last');
    return kind ? t(`feature.${kind}`, { n: n && n !== 'for' ? num(Number(n)) : '' }) : key;
}

/* --- provenance --- */

/** "Run 5, vintage 1, made ...": stands under each figure. */
export const provenance = (run: Run): string =>
    t('figure.source', { run: run.run, vintages: run.vintages.length ? list(run.vintages.map(String)) : '–', when: day(run.started_at) });

export const at = (path: string, query: Query = {}): string => address(path, query);

/* --- places --- */

const RAD = Math.PI / 180;

/** Great-circle distance in km on a sphere of 6,371 km. */
export function distance(a: [number, number], b: [number, number]): number {
    const [lonA, latA] = a, [lonB, latB] = b;
    const h = Math.sin(((latB - latA) * RAD) / 2) ** 2
        + Math.cos(latA * RAD) * Math.cos(latB * RAD) * Math.sin(((lonB - lonA) * RAD) / 2) ** 2;
    return 12742 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A box of `km` around a point, as west,south,east,north; it may cross the antimeridian. */
export function boxAround([lon, lat]: [number, number], km: number): string {
    const up = km / 111.2;
    const wide = Math.min(180, up / Math.max(0.01, Math.cos(lat * RAD)));
    const turn = (x: number) => (x < -180 ? x + 360 : x > 180 ? x - 360 : x);
    const cut = (x: number) => x.toFixed(4);
    if (wide >= 180) return [-180, Math.max(-90, lat - up), 180, Math.min(90, lat + up)].map(cut).join(',');
    return [turn(lon - wide), Math.max(-90, lat - up), turn(lon + wide), Math.min(90, lat + up)].map(cut).join(',');
}

/** Days between two dates as text. */
export const daysBetween = (a: string, b: string): number => Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000);

/** A day moved by a number of days. */
export const dayAfter = (date: string, days: number): string =>
    new Date(Date.parse(date.slice(0, 10)) + days * 86_400_000).toISOString().slice(0, 10);

/** A length in the words of the language. */
export const kilometres = (km: number): string =>
    new Intl.NumberFormat(lang.value, { style: 'unit', unit: 'kilometer' }).format(km);
