/* Small parts that screens share: failures, waiting, filters, choice of dates, saving. Invariant: what they change is the
 * address, nothing else. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Problem, save, type Asked, type Query } from '../api/client';
import { byName } from '../i18n/countries';
import { regionName, t } from '../i18n/i18n';
import { listOf, param, set } from './route';
import { REGIONS } from './regions';

/** A failure as the server told it: what, why, how to mend it. */
export function Failed({ problem, again }: { problem: Problem; again?: () => void }) {
    const offline = problem.code === 'offline';
    return (
        <div class="failed" role="alert">
            <strong>{offline ? t('failed.offline') : <bdi>{problem.what}</bdi>}</strong>
            {problem.why && <p>{t('failed.why')} <bdi>{problem.why}</bdi></p>}
            {(problem.mend || offline) && <p>{t('failed.mend')} {offline ? t('failed.offline.mend') : <bdi>{problem.mend}</bdi>}</p>}
            {again && <button type="button" onClick={again}>{t('failed.again')}</button>}
        </div>
    );
}

/** What was asked for: the failure, a line to wait, or `children` with the answer (also the last one while asking anew). */
export function Answer<T>({ asked, children }: { asked: Asked<T>; children: (value: T) => ComponentChildren }) {
    const { value, problem } = asked;
    return (
        <>
            {problem.value && <Failed problem={problem.value} again={asked.again} />}
            {value.value !== undefined ? children(value.value) : !problem.value && <p class="wait" role="status">{t('wait')}</p>}
        </>
    );
}

/* --- filters --- */

const TYPES = ['sb', 'ns', 'os'] as const;

/** Types of violence; none chosen means all. */
export function TypeFilter() {
    const chosen = listOf(param('type').value);
    const toggle = (type: string) =>
        set({ type: chosen.includes(type) ? chosen.filter((c) => c !== type).join(',') : [...chosen, type].join(',') });
    return (
        <fieldset class="choices">
            <legend>{t('filter.type')}</legend>
            {TYPES.map((type) => (
                <label key={type} title={t(`type.${type}.long`)}>
                    <input type="checkbox" checked={chosen.includes(type)} onChange={() => toggle(type)} /> {t(`type.${type}`)}
                </label>
            ))}
        </fieldset>
    );
}

/** A select whose value is a parameter of the address. */
export function Choice({ name, label, options }: { name: string; label: string; options: { value: string; text: string }[] }) {
    return (
        <label class="field">
            <span>{label}</span>
            <select name={name} value={param(name).value} onChange={(e) => set({ [name]: e.currentTarget.value })}>
                {options.map((o) => <option key={o.value} value={o.value}>{o.text}</option>)}
            </select>
        </label>
    );
}

export function CountryFilter() {
    const options = [{ value: '', text: t('filter.all') }, ...byName.value.map((c) => ({ value: c.iso3, text: c.name }))];
    return <Choice name="country" label={t('filter.country')} options={options} />;
}

export function RegionFilter() {
    const options = [{ value: '', text: t('filter.all') },
        ...REGIONS.map((r) => ({ value: r.code, text: (r.part ? '\u2003' : '') + regionName(r.code) }))];
    return <Choice name="region" label={t('filter.region')} options={options} />;
}

/** A text that is looked for; taken over when the reader stops typing for a moment. */
export function TextFilter({ name, label, placeholder }: { name: string; label: string; placeholder?: string }) {
    const [timer, setTimer] = useState(0);
    const take = (text: string) => {
        clearTimeout(timer);
        setTimer(window.setTimeout(() => set({ [name]: text.trim() }), 350));
    };
    return (
        <label class="field">
            <span>{label}</span>
            <input type="search" name={name} value={param(name).value} placeholder={placeholder} onInput={(e) => take(e.currentTarget.value)} />
        </label>
    );
}

/** First and last month of what is shown, as parameters `from` and `to`. */
export function MonthRange({ first, last }: { first: string; last: string }) {
    const from = param('from').value, to = param('to').value;
    const wrong = from && to && from > to;
    return (
        <fieldset class="range">
            <legend>{t('filter.months')}</legend>
            <input type="month" aria-label={t('filter.from')} min={first} max={last} value={from} aria-invalid={wrong ? 'true' : undefined}
                onChange={(e) => set({ from: e.currentTarget.value })} />
            <span aria-hidden="true">–</span>
            <input type="month" aria-label={t('filter.to')} min={first} max={last} value={to} aria-invalid={wrong ? 'true' : undefined}
                onChange={(e) => set({ to: e.currentTarget.value })} />
            {wrong && <span class="bad">{t('filter.order')}</span>}
        </fieldset>
    );
}

/* --- saving --- */

const ACCEPT = { csv: 'text/csv', geojson: 'application/geo+json', json: 'application/json' } as const;
type Form = keyof typeof ACCEPT;

/** Saves the question that is on the screen, all of its filters with it, in other forms of the same answer. */
export function Export({ path, query, name, forms }: { path: string; query: Query; name: string; forms: Form[] }) {
    const [failed, setFailed] = useState<Problem | null>(null);
    const take = (form: Form) => {
        setFailed(null);
        save(path, query, ACCEPT[form], `${name}.${form}`).catch((failure: unknown) => {
            setFailed(failure instanceof Problem ? failure : new Problem(0, 'page', String(failure)));
        });
    };
    return (
        <span class="export">
            <span class="note">{t('export.shown')}</span>
            {forms.map((form) => <button key={form} type="button" class="small" onClick={() => take(form)}>{t(`export.${form}`)}</button>)}
            {failed && <Failed problem={failed} />}
        </span>
    );
}
