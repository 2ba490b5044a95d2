/* What the situation is made of: runs, forecasts, recorded months, events. Invariant: figures of one view come from one run
 * and one vintage; a comparison names both runs. */
import { address, get, getAll, getColumns, type Query } from '../../api/client';
import type { Forecast, ForecastParams, Rows, Run, Score, SeriesRow } from '../../api/types';
import { monthNumber, monthText } from '../../chart/scale';

export type ForecastRun = Run & { params: ForecastParams };

/** Runs of forecasts of countries, newest first. */
export async function forecastRuns(stop: AbortSignal): Promise<ForecastRun[]> {
    const rows = await get<Rows<Run>>('api/v1/runs', { verb: 'forecast', limit: 200 }, stop);
    return rows.items.map((r) => r as unknown as ForecastRun).filter((r) => r.params.unit === 'country' && r.params.origin);
}

/** The run before one with the same question; its target and source are the same. */
export function before(runs: ForecastRun[], run: ForecastRun): ForecastRun | undefined {
    return runs.find((r) => r.run < run.run && r.params.target === run.params.target && r.params.source === run.params.source);
}

/** Months a run says something about. */
export function monthsAhead({ params }: ForecastRun): string[] {
    const first = monthNumber(params.origin) + (params.first_lead || 1);
    return Array.from({ length: params.months }, (_, i) => monthText(first + i));
}

/** Rows of a run for one month, or for the whole horizon ('total'), by unit. */
export async function forecastAt(run: number, month: string, stop: AbortSignal): Promise<Map<number, Forecast>> {
    const query: Query = { run, month: month === 'total' ? '' : month, limit: 10000 };
    const rows = await getAll<Forecast>('api/v1/forecasts', query, 200_000, stop);
    return new Map(rows.filter((r) => (r.month ?? 'total') === month && r.unit != null).map((r) => [r.unit!, r]));
}

/** Expected deaths of each month of a run, summed over the countries that `keep` lets through. */
export async function expectedByMonth(run: number, stop: AbortSignal): Promise<Forecast[]> {
    const rows = await getAll<Forecast>('api/v1/forecasts', { run, limit: 10000 }, 200_000, stop);
    return rows.filter((r) => r.month !== null);
}

export interface Recorded {
    months: string[];
    /** iso3 to a value for each of the months; null = not known. */
    byCountry: Map<string, (number | null)[]>;
    /** Number of the unit in forecasts to iso3. */
    isoOf: Map<number, string>;
}

const seriesQuery = ({ params }: ForecastRun, from: string, to: string): Query => ({
    source: params.source, from, to, limit: 100_000,
    // A source of events is summed by type; a panel has one variable.
    type: params.target === 'all' ? 'sb,ns,os' : params.target,
});

/** Recorded months of the run's own source, from the first to the last asked for. */
export async function recorded(run: ForecastRun, from: string, to: string, stop: AbortSignal): Promise<Recorded> {
    const rows = await getAll<SeriesRow>('api/v1/series', seriesQuery(run, from, to), 500_000, stop);
    const first = monthNumber(from), n = monthNumber(to) - first + 1;
    const out: Recorded = { months: Array.from({ length: n }, (_, i) => monthText(first + i)), byCountry: new Map(), isoOf: new Map() };
    for (const row of rows) {
        if (!row.iso3) continue;
        out.isoOf.set(row.unit, row.iso3);
        let values = out.byCountry.get(row.iso3);
        if (!values) out.byCountry.set(row.iso3, (values = Array<number | null>(n).fill(null)));
        const at = monthNumber(row.month) - first;
        // Two units of one country (a state that was divided) stand together.
        if (at >= 0 && at < n && row.value !== null) values[at] = (values[at] ?? 0) + row.value;
    }
    return out;
}

export async function scoresOf(run: number, stop: AbortSignal): Promise<Score[]> {
    return (await get<Rows<Score>>('api/v1/scores', { run }, stop)).items;
}

export async function eventColumns(query: Query, stop: AbortSignal) {
    return getColumns('api/v1/collections/events/points', query, stop);
}

export async function cellColumns(query: Query, stop: AbortSignal) {
    return getColumns('api/v1/cells', query, stop);
}

export const eventsAddress = (query: Query) => address('api/v1/collections/events/items', query);
