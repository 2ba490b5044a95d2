/* From answers to rows: one a country. Invariant: what is not known stays null through every step; a change is only told
 * where both sides of it are known. */
import type { Forecast } from '../../api/types';
import { THRESHOLDS } from '../../api/types';
import { nameOf } from '../../i18n/countries';
import type { Recorded } from './data';

export type Measure = 'p1' | 'p25' | 'p100' | 'p1000' | 'mean';
export const MEASURES: Measure[] = ['p1', 'p25', 'p100', 'p1000', 'mean'];
export const isMeasure = (text: string): text is Measure => MEASURES.includes(text as Measure);

export interface Row {
    iso3: string;
    name: string;
    /** The measure that is ranked and drawn. */
    value: number | null;
    mean: number | null;
    low: number | null;
    median: number | null;
    high: number | null;
    /** Of at least 1, 25, 100, 1,000 deaths. */
    chances: number[] | null;
    recorded: number | null;
    /** Of the measure, against the run or the month before. */
    change: number | null;
    spark: (number | null)[];
}

/** The measure in a row of a forecast. */
export function measured(f: Forecast | undefined, measure: Measure): number | null {
    if (!f) return null;
    if (measure === 'mean') return f.body.mean;
    return f.body.probabilities[THRESHOLDS.indexOf(Number(measure.slice(1)) as (typeof THRESHOLDS)[number])] ?? null;
}

export const difference = (a: number | null | undefined, b: number | null | undefined) => (a == null || b == null ? null : a - b);

const SPARK = 24;

function sparkOf(rec: Recorded | undefined, iso3: string): (number | null)[] {
    return rec?.byCountry.get(iso3)?.slice(-SPARK) ?? [];
}

/** Rows of a month ahead, or of the whole horizon. */
export function rowsAhead(now: Map<number, Forecast>, earlier: Map<number, Forecast> | undefined, measure: Measure,
    isoOf: Map<number, string>, rec: Recorded | undefined): Row[] {
    const rows: Row[] = [];
    for (const [unit, f] of now) {
        const iso3 = f.iso3 ?? isoOf.get(unit);
        if (!iso3) continue;
        const q = f.body.quantiles;
        const value = measured(f, measure);
        rows.push({
            iso3, name: nameOf(iso3), value, mean: f.body.mean, low: q[1] ?? null, median: q[4] ?? null, high: q[7] ?? null,
            chances: f.body.probabilities, recorded: null, change: difference(value, measured(earlier?.get(unit), measure)), spark: sparkOf(rec, iso3),
        });
    }
    return rows;
}

/** Rows of a month that was recorded. */
export function rowsRecorded(rec: Recorded, month: string): Row[] {
    const at = rec.months.indexOf(month);
    return [...rec.byCountry].map(([iso3, values]) => {
        const value = values[at] ?? null;
        return {
            iso3, name: nameOf(iso3), value, recorded: value, mean: null, low: null, median: null, high: null, chances: null,
            change: at > 0 ? difference(value, values[at - 1]) : null, spark: values.slice(Math.max(0, at + 1 - SPARK), at + 1),
        };
    });
}

/** Sum over countries for each month; a month nobody knows is not there. */
export function totals(rec: Recorded | undefined, keep: (iso3: string) => boolean): Map<string, number> {
    const out = new Map<string, number>();
    if (!rec) return out;
    for (const [iso3, values] of rec.byCountry) {
        if (!keep(iso3)) continue;
        values.forEach((v, i) => { if (v !== null) out.set(rec.months[i]!, (out.get(rec.months[i]!) ?? 0) + v); });
    }
    return out;
}
