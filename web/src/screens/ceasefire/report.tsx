/* The daily report: what is said of a day, what was corrected since, and the report as a page to keep or print. */
import { useSignal } from '@preact/signals';
import { Answer, Export, Failed } from '../../app/parts';
import { param, set } from '../../app/route';
import { get, Problem, save, useAsked } from '../../api/client';
import { day, instant, lang, num, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { localDay, reportSpeaks, root, word, type Agreement, type Correction, type Figures } from './data';

// The reporting day that the newest observation belongs to: what happens behind the cut-off is of the next day.
const dayOf = (a: Agreement) => param('day').value || localDay(a.counts.newest ?? new Date().toISOString(), a.time_zone, 86_400 - a.cutoff_s)!;
// Corrections are shown that were told in the month before the day, and those that are open.
const monthBefore = (at: string) => new Date(Date.parse(at) - 30 * 86_400_000).toISOString().slice(0, 10);
const interval = (f: Figures) => `${num(f.expected, 1)} ± ${num(f.deviation, 1)}`;

function Keep({ id, at }: { id: string; at: string }) {
    const problem = useSignal<Problem | null>(null);
    const take = () => {
        problem.value = null;
        save(`${root(id)}/report`, { day: at, lang: lang.value === 'fr' ? 'fr' : 'en' }, 'text/html', `vigie-${id}-${at}.html`).catch((failure: unknown) => {
            problem.value = failure instanceof Problem ? failure : new Problem(0, 'page', String(failure));
        });
    };
    return <>{' '}<button type="button" class="primary" onClick={take}>{t('ceasefire.keep')}</button>{problem.value && <Failed problem={problem.value} />}</>;
}

export function Report({ id, agreement, names }: { id: string; agreement: Agreement; names: Map<string, string> }) {
    const at = dayOf(agreement);
    const figures = useAsked((stop) => get<{ items: Figures[] }>(`${root(id)}/figures`, { from: dayOf(agreement), to: dayOf(agreement) }, stop));
    const corrections = useAsked((stop) => get<{ items: Correction[] }>(`${root(id)}/corrections`, { since: monthBefore(dayOf(agreement)) }, stop));
    const party = (p: string | null) => (p ? (names.get(p) ?? p) : t('ceasefire.attribution.unattributed'));
    return (
        <section class="panel" aria-labelledby="daily">
            <h2 id="daily">{t('ceasefire.daily', { day: day(at) })}</h2>
            <p class="note">{t('ceasefire.daily.text', { zone: agreement.time_zone })}</p>
            <label class="field"><span>{t('ceasefire.day')}</span><input type="date" value={at} onChange={(e) => set({ day: e.currentTarget.value })} /><Keep id={id} at={at} /></label>
            {!reportSpeaks(lang.value) && <p class="note" id="report-language">{t('ceasefire.keep.language')}</p>}
            <Answer asked={figures}>{(got) => (got.items.length === 0 ? <p>{t('ceasefire.daily.none')}</p> : (
                <Table caption={t('ceasefire.figures')} rows={got.items} rowKey={(f) => `${f.zone} ${f.party} ${f.clause} ${f.weapon}`} save={`vigie-${id}-${at}`} columns={[
                    { key: 'zone', head: t('ceasefire.zone'), value: (f) => f.zone ?? t('ceasefire.nozone') },
                    { key: 'party', head: t('ceasefire.party'), value: (f) => party(f.party) },
                    { key: 'clause', head: t('ceasefire.clause'), value: (f) => f.clause ?? t('ceasefire.together') },
                    { key: 'weapon', head: t('ceasefire.weapon'), value: (f) => word('weapon', f.weapon) },
                    { key: 'violations', head: t('ceasefire.violations'), number: true, value: (f) => f.violations },
                    { key: 'probable', head: word('level', 'probable'), number: true, value: (f) => f.probable },
                    { key: 'possible', head: word('level', 'possible'), number: true, value: (f) => f.possible },
                    { key: 'explosions', head: t('ceasefire.explosions'), number: true, value: (f) => f.explosions },
                    { key: 'expected', head: t('ceasefire.expected'), number: true, value: (f) => f.expected, cell: interval },
                ]} />
            ))}</Answer>
            <Answer asked={corrections}>{(got) => (got.items.length === 0 ? <p>{t('ceasefire.corrections.none')}</p> : (
                <Table caption={t('ceasefire.corrections')} rows={got.items} rowKey={(c) => `${c.day} ${c.zone} ${c.party} ${c.clause} ${c.weapon} ${c.told_at} ${c.because}`} step={15} save={`vigie-${id}-corrections`} columns={[
                    { key: 'day', head: t('ceasefire.day'), value: (c) => c.day, cell: (c) => day(c.day) },
                    { key: 'zone', head: t('ceasefire.zone'), value: (c) => c.zone ?? t('ceasefire.nozone') },
                    { key: 'party', head: t('ceasefire.party'), value: (c) => party(c.party) },
                    { key: 'clause', head: t('ceasefire.clause'), value: (c) => c.clause },
                    { key: 'was', head: t('ceasefire.was'), number: true, value: (c) => c.violations_was },
                    { key: 'is', head: t('ceasefire.is'), number: true, value: (c) => c.violations },
                    { key: 'because', head: t('ceasefire.because'), number: true, value: (c) => c.because },
                    { key: 'told', head: t('ceasefire.told'), value: (c) => c.told_at ?? '', cell: (c) => (c.told_at ? <span class="nowrap">{instant(c.told_at)}</span> : t('ceasefire.corrections.open')) },
                ]} />
            ))}</Answer>
            <Export path={`${root(id)}/figures`} query={{ from: at, to: at }} name={`vigie-${id}-${at}`} forms={['csv', 'json']} />
        </section>
    );
}
