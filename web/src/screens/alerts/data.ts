/* What the alerts' screen asks for: rules, their figures on past years, alerts with the one before. Invariant: a rule is sent
 * for saving only with the very values it was measured with. */
import { get, post, type Query } from '../../api/client';
import type { Rows } from '../../api/types';

export interface Rule {
    rule: number | null;
    target: string;
    unit_kind: string;
    model: string;
    kind: string;
    deaths: number;
    probability: number;
    factor: number | null;
    windows: string;
    cases: number;
    events: number;
    alerts: number;
    hits: number;
    hit_rate: number | null;
    false_alarm_rate: number | null;
    precision: number | null;
    saved_at: string | null;
}

export interface Alert {
    alert: number;
    run: number;
    at: string;
    rule: string;
    unit_kind: string;
    unit: number;
    iso3: string | null;
    name: string | null;
    month: string;
    probability: number | null;
    expected: number | null;
    usual: number | null;
    hit_rate: number | null;
    false_alarm_rate: number | null;
    reason: string | null;
    before: number | null;
}

export const KINDS = ['threshold', 'onset', 'rise'] as const;
export const TARGETS = ['sb', 'ns', 'os', 'all'] as const;

/** A rule as the form has it. */
export interface Wish { kind: string; target: string; deaths: string; probability: string; factor: string }

const queryOf = (w: Wish): Query => ({
    kind: w.kind, target: w.target, deaths: Number(w.deaths), probability: Number(w.probability) / 100,
    factor: w.kind === 'rise' ? Number(w.factor) : null,
});

export const rules = (stop: AbortSignal) => get<Rule[]>('api/v1/verbs/alert-list', {}, stop);
export const alerts = (lang: string, stop: AbortSignal) =>
    get<Rows<Alert>>('api/v1/alerts/history', { lang: lang === 'fr' ? 'fr' : 'en', limit: 2000 }, stop);

export async function measure(w: Wish): Promise<Rule> {
    return (await get<Rule[]>('api/v1/verbs/alert-add', queryOf(w)))[0]!;
}

const bodyOf = (w: Wish) => Object.fromEntries(Object.entries(queryOf(w)).filter(([, v]) => v != null));
export const save = (w: Wish) => post<Rule[]>('api/v1/verbs/alert-add', { ...bodyOf(w), yes: true });
export const remove = (rule: number) => post<unknown>('api/v1/verbs/alert-remove', { arg: [String(rule)] });
export const apply = () => post<unknown>('api/v1/verbs/alert-run', {});
