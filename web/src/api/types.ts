/* Forms of the server's answers, as /api/openapi.json describes them. Invariant: what may be absent in data is null here,
 * and is shown as not known. */
export interface Rows<T> { items: T[]; next: string | null }

export interface Vintage {
    vintage: number;
    source: string;
    version: string | null;
    scope: string;
    variable: string | null;
    first_month: string | null;
    last_month: string | null;
    accepted: number;
    rejected: number;
    supersedes: number | null;
    known_at: string;
    imported_at: string;
    licence: string | null;
    citation: string | null;
    file: string | null;
    sha256: string;
}

export interface Run {
    run: number;
    verb: string;
    program: string;
    started_at: string;
    seconds: number;
    seed: string;
    vintages: number[];
    params: Record<string, unknown>;
}

/** Parameters of a run of `forecast`. */
export interface ForecastParams {
    target: string;
    unit: 'country' | 'cell';
    source: string;
    variable: string;
    scope: string;
    model: string;
    origin: string;
    data_first: string;
    data_last: string;
    first_lead: number;
    months: number;
    draws: number;
}

/** What all results have; `month` is null for the whole horizon. */
export interface Result<Body> {
    result: number;
    run: number;
    kind: string;
    unit_kind: string;
    unit: number | null;
    /** Of a country, where the server tells it. */
    iso3?: string | null;
    month: string | null;
    body: Body;
}

/** Chances that QUANTILES belong to, and least deaths that PROBABILITIES belong to. */
export const QUANTILES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;
export const THRESHOLDS = [1, 25, 100, 1000] as const;

export interface ForecastBody { mean: number; quantiles: number[]; probabilities: number[] }
export type Forecast = Result<ForecastBody>;

export interface ScoreBody {
    model: string;
    first_window: number;
    last_window: number;
    all: { n: number; crps: number; ign: number; mis: number; brier25: number; coverage50: number; coverage90: number };
}
export type Score = Result<ScoreBody>;

export interface SeriesRow { unit: number; iso3: string | null; name: string | null; month: string; value: number | null }

export interface EventProperties {
    external_id: string;
    date_from: string;
    date_to: string;
    date_precision: number | null;
    place_precision: number | null;
    type: string;
    gwcode: number | null;
    cell: number | null;
    deaths_low: number | null;
    deaths_best: number | null;
    deaths_high: number | null;
    deaths_civilians: number | null;
    actor_a: string | null;
    actor_b: string | null;
    conflict: string | null;
    adm1: string | null;
    adm2: string | null;
    kind: string | null;
    source: string | null;
    text: string | null;
    url: string | null;
}
export interface Feature { type: 'Feature'; id: number; geometry: { type: 'Point'; coordinates: [number, number] } | null; properties: EventProperties }
export interface FeatureCollection { type: 'FeatureCollection'; numberReturned: number; features: Feature[]; links: { rel: string; href: string }[] }
