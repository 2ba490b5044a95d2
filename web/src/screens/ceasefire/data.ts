/* What the ceasefire routes answer, as types, and words for their codes. Invariant: null is "not known" or "nobody". */
import type { Feature, FeatureCollection, MultiPolygon, Point } from 'geojson';
import { has, t } from '../../i18n/i18n';

export interface Watch {
    ceasefire: string;
    title: string;
    version: string | null;
    from: string | null;
    to: string | null;
    state: string;
    reports: number;
    incidents: number;
    quarantined: number;
    watermark: string | null;
}
export interface Clause {
    clause: string;
    title: string | null;
    text: string | null;
    zone: string | null;
    severity: number;
}
export interface Agreement {
    ceasefire: string;
    title: string;
    version: string | null;
    from: string | null;
    to: string | null;
    time_zone: string;
    cutoff_s: number;
    parties: { party: string; name: string | null }[];
    zones: { zone: string; name: string | null; kind: string }[];
    clauses: Clause[];
    counts: { reports: number; quarantined: number; incidents: number; newest: string | null };
    watermark: string | null;
}
export interface Breach {
    clause: string;
    p: number;
    where: number;
    when: number;
    act: number;
    bound: number;
    level: string;
    flags: string[];
}
export interface Incident {
    from: string;
    to: string;
    radius_m: number | null;
    act: string;
    p_act: number;
    weapon: string;
    calibre_mm: number | null;
    count: number | null;
    count_median: number | null;
    n_reports: number;
    n_sources: number;
    level: string;
    severity: number;
    attribution: string;
    party: string | null;
    p_party: Record<string, number | null>;
    verification: string;
    claims: string[];
    zones: { id: string; p: number }[];
    breaches: Breach[];
}
export type Shown = Feature<Point | null, Incident> & { id: string };
export interface Member {
    number: number;
    source: string;
    report: string;
    kind: string;
    received_at: string | null;
    from: string;
    act: string;
    basis: string;
    party: string | null;
    radius_m: number | null;
    fit: number | null;
}
export interface Decision { at: string; who: string | null; state: string; reason: string | null }
export type One = Shown & { members: Member[]; decisions: Decision[] };
export type Incidents = Omit<FeatureCollection<Point | null, Incident>, 'features'> & { features: Shown[]; next: string | null };
export type Zones = FeatureCollection<MultiPolygon, { zone: string; name: string | null; kind: string }>;
export interface Source {
    source: string;
    kind: string;
    party: string | null;
    reports: number;
    revised: number;
    withdrawn: number;
    quarantined: number;
    over_rate: number;
    shared: number;
    delay_median_s: number | null;
    place_error_m: number | null;
    actor_agreement: number | null;
    watermark: string | null;
    idle: boolean;
}
export interface Coverage { source: string; zone: string | null; from: string; to: string; state: string; by: string | null; note: string | null; party: string | null }
export interface Compliance {
    clause: string;
    state: string;
    days_broken: number;
    days_doubtful: number;
    days_not_decidable: number;
    days_not_known: number;
    days_kept: number;
    violations: number;
    probable: number;
    expected: number;
    violations_before: number;
    trend: string;
    trend_known: boolean;
    watched: number | null;
    watched_by_parties: number | null;
    unattributed: number;
    worst: string | null;
}
export interface Figures {
    day: string;
    zone: string | null;
    party: string | null;
    clause: string | null;
    weapon: string;
    violations: number;
    probable: number;
    possible: number;
    explosions: number | null; // null: nobody told a number
    expected: number;
    deviation: number;
}
export interface Correction {
    day: string;
    zone: string | null;
    party: string | null;
    clause: string | null;
    weapon: string;
    violations_was: number;
    violations: number;
    probable_was: number;
    probable: number;
    explosions_was: number | null; // null: nobody told a number
    explosions: number | null;
    because: number | null;
    told_at: string | null; // null: told with the next report
}

export interface Alert {
    alert: number;
    at: string;
    because: number | null;
    what: {
        rule: string;
        scope: string;
        of: string | null;
        against: string | null;
        threshold: string | null;
        action: string | null;
        weapon: string | null;
        from: string;
        to: string;
        past_from: string | null;
        observed: number | null;
        expected: number | null;
        p: number | null;
        false_alarms_year: number | null;
        watched: number | null;
        incidents: string[];
    };
}

export const LEVELS = ['possible', 'probable', 'violation'] as const;
export const STATES = ['reported', 'under_verification', 'verified', 'rejected'] as const;

/** The word of a code, or the code itself where there is none: codes of a newer server are shown as they come. */
export const word = (group: string, code: string | null | undefined) =>
    (!code ? t(`ceasefire.${group}.nobody`) : has(`ceasefire.${group}.${code}`) ? t(`ceasefire.${group}.${code}`) : code);

/** Who it is said to be, with how far that can be said. */
export const who = (x: Incident, names: Map<string, string>) => {
    const name = x.party ? (names.get(x.party) ?? x.party) : '';
    return name ? `${name} (${word('attribution', x.attribution)})` : word('attribution', x.attribution);
};

/** The day of an instant by the agreement's own clock, `YYYY-MM-DD`; `shift` seconds are added first. */
export function localDay(at: string | null, zone: string, shift = 0): string | null {
    if (!at) return null;
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(Date.parse(at) + shift * 1000);
    const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
    return `${part('year')}-${part('month')}-${part('day')}`;
}

export const root = (id: string) => `api/v1/ceasefires/${encodeURIComponent(id)}`;

/** Languages that the server writes its reports in. */
export const reportSpeaks = (language: string) => language === 'fr' || language === 'en';
