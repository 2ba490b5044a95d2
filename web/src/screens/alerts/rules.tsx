/* The rules in force, and a new one: measured on past years first, saved when someone has seen the figures. */
import { useState } from 'preact/hooks';
import { Failed } from '../../app/parts';
import { Problem, token, type Asked } from '../../api/client';
import { instant, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { apply, KINDS, measure, remove, save, TARGETS, type Rule, type Wish } from './data';

const asProblem = (failure: unknown) => (failure instanceof Problem ? failure : new Problem(0, 'page', String(failure)));

export function says(r: Pick<Rule, 'kind' | 'deaths' | 'probability' | 'factor' | 'target'>): string {
    const values = { deaths: num(r.deaths), probability: pct(r.probability), factor: num(r.factor, 1), target: t(`watch.target.${r.target}`) };
    return t(`watch.rule.${r.kind}`, values);
}

const figures: () => Column<Rule>[] = () => [
    { key: 'hit_rate', head: t('watch.hit_rate'), title: t('watch.hit_rate.long'), number: true, value: (r) => r.hit_rate, cell: (r) => pct(r.hit_rate) },
    { key: 'false_alarm_rate', head: t('watch.false_rate'), title: t('watch.false_rate.long'), number: true, value: (r) => r.false_alarm_rate, cell: (r) => pct(r.false_alarm_rate, 1) },
    { key: 'precision', head: t('watch.precision'), title: t('watch.precision.long'), number: true, value: (r) => r.precision, cell: (r) => pct(r.precision) },
    { key: 'events', head: t('watch.events'), number: true, value: (r) => r.events, cell: (r) => num(r.events) },
    { key: 'hits', head: t('watch.hits'), number: true, value: (r) => r.hits, cell: (r) => num(r.hits) },
    { key: 'false', head: t('watch.false'), number: true, value: (r) => r.alerts - r.hits, cell: (r) => num(r.alerts - r.hits) },
    { key: 'cases', head: t('watch.cases'), number: true, value: (r) => r.cases, cell: (r) => num(r.cases) },
    { key: 'windows', head: t('watch.windows'), value: (r) => r.windows, cell: (r) => <bdi>{r.windows}</bdi> },
];

/** Who may change anything: said before the server has to refuse it. */
export function Rights() {
    return <p class="note">{t(token.value ? 'watch.rights.token' : 'watch.rights')}</p>;
}

export function RuleTable({ rules, changed }: { rules: Rule[]; changed: () => void }) {
    const [failed, setFailed] = useState<Problem | null>(null);
    const [busy, setBusy] = useState('');
    const act = (name: string, work: () => Promise<unknown>) => {
        setFailed(null);
        setBusy(name);
        work().then(changed, (failure: unknown) => setFailed(asProblem(failure))).finally(() => setBusy(''));
    };
    const columns: Column<Rule>[] = [
        { key: 'rule', head: t('watch.rule'), value: (r) => says(r) },
        ...figures(),
        { key: 'model', head: t('watch.model'), value: (r) => r.model, cell: (r) => <bdi>{r.model}</bdi> },
        { key: 'saved', head: t('watch.saved'), value: (r) => r.saved_at, cell: (r) => instant(r.saved_at) },
        { key: 'remove', head: t('watch.remove'), value: () => null, cell: (r) => (
            <button type="button" class="small" disabled={busy !== ''} aria-label={t('watch.remove.long', { rule: says(r) })}
                onClick={() => act(`remove${r.rule}`, () => remove(r.rule!))}>{t('watch.remove')}</button>
        ) },
    ];
    return (
        <>
            {failed && <Failed problem={failed} />}
            {rules.length === 0 ? <p>{t('watch.norules')}</p>
                : <Table caption={t('watch.rules')} hideCaption rows={rules} columns={columns} head="rule" rowKey={(r) => String(r.rule)} save="vigie-rules" />}
            {rules.length > 0 && (
                <p><button type="button" disabled={busy !== ''} onClick={() => act('apply', apply)}>{t(busy === 'apply' ? 'watch.applying' : 'watch.apply')}</button></p>
            )}
        </>
    );
}

const START: Wish = { kind: 'threshold', target: 'sb', deaths: '25', probability: '50', factor: '2' };

function Field({ label, value, min, max, step, onInput }: { label: string; value: string; min: number; max: number; step: string; onInput: (v: string) => void }) {
    return (
        <label class="field"><span>{label}</span>
            <input type="number" required value={value} min={min} max={max} step={step} onInput={(e) => onInput(e.currentTarget.value)} /></label>
    );
}

function Options({ label, value, words, prefix, onChange }: { label: string; value: string; words: readonly string[]; prefix: string; onChange: (v: string) => void }) {
    return (
        <label class="field"><span>{label}</span>
            <select value={value} onChange={(e) => onChange(e.currentTarget.value)}>
                {words.map((w) => <option key={w} value={w}>{t(`${prefix}.${w}`)}</option>)}
            </select></label>
    );
}

/** A new rule. What was measured belongs to the values of the form as they were: another value, and it is measured again. */
export function NewRule({ asked }: { asked: Asked<Rule[]> }) {
    const [wish, setWish] = useState<Wish>(START);
    const [measured, setMeasured] = useState<{ wish: Wish; rule: Rule } | null>(null);
    const [failed, setFailed] = useState<Problem | null>(null);
    const [busy, setBusy] = useState<'' | 'measure' | 'save'>('');
    const change = (part: Partial<Wish>) => { setWish({ ...wish, ...part }); setMeasured(null); };
    const act = (name: 'measure' | 'save', work: () => Promise<void>) => {
        setFailed(null);
        setBusy(name);
        work().catch((failure: unknown) => setFailed(asProblem(failure))).finally(() => setBusy(''));
    };
    const onMeasure = (e: Event) => {
        e.preventDefault();
        act('measure', async () => setMeasured({ wish, rule: await measure(wish) }));
    };
    const onSave = () => act('save', async () => { await save(measured!.wish); setMeasured(null); asked.again(); });
    return (
        <>
            <form class="filters" onSubmit={onMeasure}>
                <Options label={t('watch.kind')} value={wish.kind} words={KINDS} prefix="watch.kind" onChange={(kind) => change({ kind })} />
                <Options label={t('filter.type')} value={wish.target} words={TARGETS} prefix="watch.target" onChange={(target) => change({ target })} />
                <Field label={t('watch.deaths')} value={wish.deaths} min={1} max={1000000} step="1" onInput={(deaths) => change({ deaths })} />
                <Field label={t('watch.least')} value={wish.probability} min={1} max={100} step="1" onInput={(probability) => change({ probability })} />
                {wish.kind === 'rise' && <Field label={t('watch.factor')} value={wish.factor} min={0.1} max={1000} step="0.1" onInput={(factor) => change({ factor })} />}
                <button type="submit" class={measured ? '' : 'primary'} disabled={busy !== ''}>{t(busy === 'measure' ? 'watch.measuring' : 'watch.measure')}</button>
            </form>
            {failed && <Failed problem={failed} />}
            <div aria-live="polite">
                {measured && (
                    <>
                        <p>{says(measured.rule)}. {t('watch.measured', {
                            windows: measured.rule.windows, events: num(measured.rule.events), hits: num(measured.rule.hits),
                            alerts: num(measured.rule.alerts), false: num(measured.rule.alerts - measured.rule.hits),
                        })}</p>
                        <Table caption={t('watch.figures')} rows={[measured.rule]} columns={figures()} rowKey={() => 'measured'} />
                        <p><button type="button" class="primary" disabled={busy !== ''} onClick={onSave}>{t(busy === 'save' ? 'watch.saving' : 'watch.save')}</button></p>
                    </>
                )}
            </div>
        </>
    );
}
