/* The situation report of a view and a period: chosen in the address, written by the program, changed by the reader, printed
 * or saved as one file. */
import { useEffect, useRef } from 'preact/hooks';
import { Answer, Choice, CountryFilter, MonthRange, RegionFilter, TypeFilter } from '../../app/parts';
import { listOf, param, set } from '../../app/route';
import { useAsked } from '../../api/client';
import { LANGUAGES, lang, month, t } from '../../i18n/i18n';
import '../look/look.css';
import './report.css';
import { Body, fileName, PARTS, type Part } from './body';
import { edits, openEdits, undoAll } from './edit';
import { saveReport } from './file';
import { modelOf, type Model, type Wish } from './model';

const TOPS = ['1', '3', '5', '10', '20'];

const wishOf = (): Wish => ({
    run: param('run').value, country: param('country').value, region: param('region').value, type: param('type').value,
    from: param('from').value, to: param('to').value, top: Number(param('top').value) || 5,
});

/** Parts that are shown: all without a choice. */
function partsShown(): Part[] {
    const chosen = listOf(param('parts').value);
    return PARTS.filter((p) => !chosen.length || chosen.includes(p));
}

function PartChoice() {
    const shown = partsShown();
    const toggle = (part: Part) => {
        const next = PARTS.filter((p) => (p === part ? !shown.includes(p) : shown.includes(p)));
        if (next.length) set({ parts: next.length === PARTS.length ? null : next.join(',') });
    };
    return (
        <fieldset class="choices">
            <legend>{t('report.parts')}</legend>
            {PARTS.map((part) => <label key={part}><input type="checkbox" checked={shown.includes(part)} onChange={() => toggle(part)} /> {t(`report.part.${part}`)}</label>)}
        </fieldset>
    );
}

const NAMES: Record<string, string> = { fr: 'Français', en: 'English', ar: 'العربية', es: 'Español', pt: 'Português', ru: 'Русский', zh: '中文' };

function Tools({ m, article }: { m: Model; article: () => HTMLElement | null }) {
    return (
        <div class="filters tool">
            <CountryFilter />
            <RegionFilter />
            <Choice name="top" label={t('report.top')} options={[{ value: '', text: TOPS[2]! }, ...TOPS.filter((n) => n !== '5').map((n) => ({ value: n, text: n }))]} />
            <Choice name="run" label={t('country.run')} options={m.runs.map((r, i) => ({
                value: i ? String(r.run) : '', text: t('country.run.row', { target: t(`target.${r.params.target}`), origin: month(r.params.origin), run: r.run }),
            }))} />
            <TypeFilter />
            <MonthRange first="1946-01" last="2100-12" />
            <label class="field"><span>{t('report.language')}</span>
                <select value={lang.value} onChange={(e) => set({ lang: e.currentTarget.value })}>
                    {LANGUAGES.map((l) => <option key={l} value={l} lang={l}>{NAMES[l]}</option>)}
                </select></label>
            <PartChoice />
            <button type="button" class="primary" onClick={() => { const a = article(); if (a) void saveReport(a, fileName(m)); }}>{t('report.html')}</button>
            <button type="button" onClick={() => print()}>{t('report.print')}</button>
            {Object.keys(edits.value).length > 0 && <button type="button" onClick={undoAll}>{t('report.reset')}</button>}
            <span class="note">{t('report.edit')}</span>
        </div>
    );
}

function Written({ m }: { m: Model }) {
    const ref = useRef<HTMLDivElement>(null);
    const w = m.wish;
    const name = [lang.value, m.run.run, w.country, w.region, w.type, w.from, w.to].join('.');
    useEffect(() => openEdits(name), [name]);
    return (
        <>
            <Tools m={m} article={() => ref.current?.querySelector('article') ?? null} />
            <div class="screen" ref={ref}><Body key={name} m={m} parts={partsShown()} /></div>
        </>
    );
}

export default function Report() {
    const asked = useAsked((stop) => modelOf(wishOf(), stop));
    return <Answer asked={asked}>{(m) => (m ? <Written m={m} /> : <p class="wait">{t('country.norun')}</p>)}</Answer>;
}
