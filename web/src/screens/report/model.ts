/* What a situation report is written from. Invariant: every figure of the report is in here with the run it came from and
 * the address it was asked at; nothing is fetched while writing. */
import { get, type Query } from '../../api/client';
import type { Feature, FeatureCollection, Forecast, Result, Rows, Run, Vintage } from '../../api/types';
import { inRegion } from '../../app/regions';
import { monthNumber, monthText } from '../../chart/scale';
import { country, countryOfGwcode } from '../../i18n/countries';
import { daysOf } from '../country/events';
import { arrivalRuns, regionsOf, type ArrivalRun, type Region } from '../displacement/shared';
import { at, countryRuns, forecastOf, unitsOf, type ForecastRun, type Reasons, type ScoreBody, type Unit } from '../look/data';

export interface Wish { run: string; country: string; region: string; type: string; from: string; to: string; top: number }
export interface CountryPart { unit: Unit; rows: Forecast[]; reasons: Reasons | undefined }
export interface Model {
    wish: Wish;
    run: ForecastRun;
    runs: ForecastRun[];
    units: Unit[];
    countries: CountryPart[];
    scores: Result<ScoreBody>[];
    events: Feature[];
    more: boolean;
    arrivals: { run: ArrivalRun; regions: Region[] } | undefined;
    vintages: Vintage[];
}

export const MOST_EVENTS = 1000;

/** The months the report is about; without a choice the last three that the forecast knew. */
export function periodOf(wish: Wish, run: Run & { params: { origin?: unknown } }): [string, string] {
    const origin = String(run.params.origin);
    const to = wish.to || origin;
    return [wish.from || monthText(monthNumber(to) - 2), to];
}

export function eventQuery(wish: Wish, run: ForecastRun): Query {
    const [from, to] = periodOf(wish, run);
    return { gwcode: country(wish.country)?.gwcode, type: wish.type, datetime: daysOf(from, to), limit: MOST_EVENTS };
}

const within = (wish: Wish, iso3: string | undefined): boolean => (wish.country ? iso3 === wish.country : !wish.region || (!!iso3 && inRegion(iso3, wish.region)));

async function partOf(run: ForecastRun, unit: Unit, stop: AbortSignal): Promise<CountryPart> {
    const [rows, why] = await Promise.all([
        forecastOf(run.run, unit.unit!, stop),
        get<Rows<Reasons>>('api/v1/explanations', { run: run.run, unit: unit.unit }, stop),
    ]);
    return { unit, rows, reasons: why.items[0] };
}

async function arrivalsOf(wish: Wish, stop: AbortSignal): Promise<Model['arrivals']> {
    const run = (await arrivalRuns(stop)).find((r) => within(wish, r.params.scope));
    return run && { run, regions: await regionsOf(run, stop) };
}

/** Asks for everything at once; null when there is no forecast yet. */
export async function modelOf(wish: Wish, stop: AbortSignal): Promise<Model | null> {
    const runs = await countryRuns(stop);
    const run = runs.find((r) => String(r.run) === wish.run) ?? runs[0];
    if (!run) return null;
    const units = (await unitsOf(run.run, stop)).filter((u) => within(wish, u.body.iso3));
    const [countries, scores, found, arrivals, vintages] = await Promise.all([
        Promise.all(units.slice(0, wish.top).map((u) => partOf(run, u, stop))),
        get<Rows<Result<ScoreBody>>>('api/v1/scores', { run: run.run }, stop),
        get<FeatureCollection>('api/v1/collections/events/items', eventQuery(wish, run), stop),
        arrivalsOf(wish, stop),
        get<Rows<Vintage>>('api/v1/vintages', {}, stop),
    ]);
    return {
        wish, run, runs, units, countries, scores: scores.items, arrivals, vintages: vintages.items,
        events: found.features.filter((f) => within(wish, countryOfGwcode(f.properties.gwcode)?.iso3)),
        more: found.links.some((l) => l.rel === 'next'),
    };
}

/* --- addresses of figures --- */

export interface Source { key: string; url: string }

/** The address of each figure, in the order of the report; a figure's number is its place here. */
export function sourcesOf(m: Model): Source[] {
    const run = m.run.run;
    return [
        { key: 'ranking', url: at(`api/v1/runs/${run}/results`, { kind: 'unit' }) },
        ...m.countries.map((c) => ({ key: c.unit.body.iso3, url: at('api/v1/forecasts', { run, unit: c.unit.unit }) })),
        { key: 'events', url: at('api/v1/collections/events/items', eventQuery(m.wish, m.run)) },
        ...(m.arrivals ? [{ key: 'displacement', url: at(`api/v1/runs/${m.arrivals.run.run}/results`, { kind: 'forecast' }) }] : []),
        { key: 'quality', url: at('api/v1/scores', { run }) },
    ];
}
