/* One country: what was recorded, what is expected and how sure that is, why, how good such forecasts were, who its
 * neighbours are, what happened, and where displaced people arrive. Invariant: each part says which run it is of. */
import { useMemo } from 'preact/hooks';
import { Answer, MonthRange, TypeFilter } from '../../app/parts';
import { go, link, param, set } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { useAsked } from '../../api/client';
import { byName, country, nameOf } from '../../i18n/countries';
import { month, t } from '../../i18n/i18n';
import { countryRuns, forecastOf, provenance, spanOf, totalOf, unitsOf, type ForecastRun, type Unit } from '../look/data';
import '../look/look.css';
import { Displaced } from './displaced';
import { Events } from './events';
import { Ahead, Facts, Thresholds } from './forecast';
import { Neighbours } from './neighbours';
import { Drivers, Situations, useReasons } from './reasons';
import { Scored } from './score';

function Choosing({ runs, run, iso3, units }: { runs: ForecastRun[]; run: ForecastRun | undefined; iso3: string; units: Unit[] }) {
    const there = new Set(units.map((u) => u.body.iso3));
    const options = byName.value.filter((c) => !there.size || there.has(c.iso3) || c.iso3 === iso3);
    return (
        <div class="filters">
            <label class="field">
                <span>{t('country.choose')}</span>
                <select value={iso3} onChange={(e) => go(link('country', e.currentTarget.value, { run: param('run').value, hist: param('hist').value }))}>
                    {options.map((c) => <option key={c.iso3} value={c.iso3}>{c.name}</option>)}
                </select>
            </label>
            {runs.length > 1 && (
                <label class="field">
                    <span>{t('country.run')}</span>
                    <select value={String(run?.run ?? '')} onChange={(e) => set({ run: e.currentTarget.value }, true)}>
                        {runs.map((r) => (
                            <option key={r.run} value={String(r.run)}>
                                {t('country.run.row', { target: t(`target.${r.params.target}`), origin: month(r.params.origin), run: r.run })}
                            </option>
                        ))}
                    </select>
                </label>
            )}
            <TypeFilter />
            <MonthRange first="1946-01" last="2100-12" />
            <a href={link('report', '', { country: iso3, run: run?.run })}>{t('country.report')}</a>
        </div>
    );
}

function Forecasted({ run, unit, units }: { run: ForecastRun; unit: Unit; units: Unit[] }) {
    const months = useAsked((stop) => forecastOf(run.run, unit.unit!, stop));
    const reasons = useReasons(run, unit);
    const from = provenance(run);
    return (
        <Answer asked={months}>
            {(rows) => {
                const total = totalOf(rows);
                if (!total) return <p class="wait">{t('country.none', { name: nameOf(unit.body.iso3) })}</p>;
                return (
                    <>
                        <Facts run={run} unit={unit} total={total} />
                        <div class="two">
                            <section class="panel"><Ahead run={run} unit={unit} rows={rows} /><p class="from">{from}</p></section>
                            <section class="panel"><Thresholds run={run} unit={unit} total={total} /><p class="from">{from}</p></section>
                        </div>
                        <section class="panel"><Situations asked={reasons} unit={unit} /><p class="from">{from}</p></section>
                        <div class="half">
                            <section class="panel"><Drivers asked={reasons} /><p class="from">{from}</p></section>
                            <div class="columns">
                                <section class="panel"><Scored run={run} unit={unit} /><p class="from">{from}</p></section>
                                <section class="panel"><Neighbours run={run} iso3={unit.body.iso3} units={units} /><p class="from">{from}</p></section>
                            </div>
                        </div>
                    </>
                );
            }}
        </Answer>
    );
}

function Whole({ iso3, run, units }: { iso3: string; run: ForecastRun | undefined; units: Unit[] }) {
    const unit = useMemo(() => units.find((u) => u.body.iso3 === iso3), [units, iso3]);
    const name = nameOf(iso3);
    const p = run?.params;
    const ends = useMemo(() => unit && p && spanOf(p), [unit, p]);
    return (
        <div class="screen">
            <header class="head">
                <h1>{name}</h1>
                <span class="note"><bdi>{iso3}</bdi></span>
            </header>
            {p && unit && ends && (
                <p class="lead">{t('country.lead', { target: t(`target.${p.target}`), from: month(ends[0], true), to: month(ends[1], true), origin: month(p.origin, true) })}</p>
            )}
            {run && !unit && units.length > 0 && <p class="lead">{t('country.none', { name })}</p>}
            {!run && <p class="lead">{t('country.norun')}</p>}
            {run && unit && <Forecasted key={`${run.run} ${iso3}`} run={run} unit={unit} units={units} />}
            <Events key={`e${iso3}`} iso3={iso3} />
            <Displaced key={`d${iso3}`} iso3={iso3} />
        </div>
    );
}

function OfRun({ id, runs, run }: { id: string; runs: ForecastRun[]; run: ForecastRun | undefined }) {
    const units = useAsked((stop) => (run ? unitsOf(run.run, stop) : Promise.resolve([])));
    return (
        <Answer asked={units}>
            {(all) => {
                // Units stand in the order of the forecast: without a country the one of highest risk is shown.
                const iso3 = id && country(id) ? id : all[0]?.body.iso3 ?? byName.value[0]?.iso3 ?? '';
                return <><Choosing runs={runs} run={run} iso3={iso3} units={all} /><Whole iso3={iso3} run={run} units={all} /></>;
            }}
        </Answer>
    );
}

export default function Country({ id }: ScreenProps) {
    const runs = useAsked(countryRuns);
    return (
        <Answer asked={runs}>
            {(all) => {
                const run = all.find((r) => String(r.run) === param('run').value) ?? all[0];
                return <OfRun key={run?.run ?? 0} id={id || param('country').value} runs={all} run={run} />;
            }}
        </Answer>
    );
}
