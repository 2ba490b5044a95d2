/* Displaced people: regions ranked by forecast arrivals, one region whole (fan, what the forecast is made of, origins and
 * reasons), recorded flows, a supposition beside the forecast, and arrivals by camp. */
import { Answer } from '../../app/parts';
import { go, link, param, set } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { get, useAsked } from '../../api/client';
import type { Result, Rows } from '../../api/types';
import { country, nameOf } from '../../i18n/countries';
import { month, num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { provenance } from '../look/data';
import '../look/look.css';
import './displacement.css';
import { Camps } from './camps';
import { RegionPanels } from './region';
import { arrivalRuns, FlowMap, rankColumns, regionsOf, type ArrivalRun, type Region } from './shared';
import { Supposed } from './supposed';

export const scopeName = (scope: string): string => (country(scope) ? nameOf(scope) : scope);

function Choosing({ runs, run, at, regions, chosen }: { runs: ArrivalRun[]; run: ArrivalRun; at: string; regions: Region[]; chosen: Region | undefined }) {
    return (
        <div class="filters">
            <label class="field">
                <span>{t('displacement.run')}</span>
                <select value={String(run.run)} onChange={(e) => set({ run: e.currentTarget.value, month: null, like: null }, true)}>
                    {runs.map((r) => (
                        <option key={r.run} value={String(r.run)}>
                            {t('displacement.run.row', { source: r.params.source, scope: scopeName(r.params.scope), origin: month(r.params.origin), run: r.run })}
                        </option>
                    ))}
                </select>
            </label>
            <label class="field">
                <span>{t('displacement.month')}</span>
                <select value={at} onChange={(e) => set({ month: e.currentTarget.value })}>
                    {(regions[0]?.months ?? []).map((m) => <option key={m.month} value={m.month}>{month(m.month)}</option>)}
                </select>
            </label>
            <label class="field">
                <span>{t('figure.region')}</span>
                <select value={String(chosen?.unit ?? '')} onChange={(e) => go(link('displacement', e.currentTarget.value, { run: run.run, month: at, like: param('like').value, camps: param('camps').value }))}>
                    {regions.map((r) => <option key={r.unit} value={String(r.unit)}>{r.name}</option>)}
                </select>
            </label>
        </div>
    );
}

interface ScoreBody { model: string; horizon: number; first_month: string; last_month: string; n: number; mae: number; crps: number; cover50: number; cover90: number }

function Scores({ run }: { run: ArrivalRun }) {
    const asked = useAsked((stop) => get<Rows<Result<ScoreBody>>>(`api/v1/runs/${run.run}/results`, { kind: 'score' }, stop));
    const columns: Column<ScoreBody>[] = [
        { key: 'model', head: t('figure.model'), value: (s) => (s.model === run.params.model ? s.model : t('score.baseline', { model: s.model })) },
        { key: 'horizon', head: t('displacement.horizon'), number: true, value: (s) => s.horizon },
        { key: 'n', head: t('score.n'), number: true, value: (s) => s.n },
        { key: 'mae', head: t('displacement.mae'), number: true, value: (s) => s.mae },
        { key: 'crps', head: t('score.crps'), number: true, value: (s) => s.crps },
        { key: 'in50', head: t('score.in50'), number: true, value: (s) => s.cover50, cell: (s) => pct(s.cover50) },
        { key: 'in90', head: t('score.in90'), number: true, value: (s) => s.cover90, cell: (s) => pct(s.cover90) },
    ];
    return (
        <section class="panel">
            <h2>{t('country.score')}</h2>
            <Answer asked={asked}>
                {({ items }) => {
                    const rows = items.map((i) => i.body), first = rows[0];
                    if (!first) return <p class="bad">{t('displacement.unscored')}</p>;
                    return (
                        <>
                            <p class="note">{t('displacement.score', { from: month(first.first_month), to: month(first.last_month) })}</p>
                            <Table caption={t('country.score')} hideCaption rows={rows} columns={columns} rowKey={(s) => `${s.model} ${s.horizon}`} save={`vigie-score-run${run.run}`} />
                        </>
                    );
                }}
            </Answer>
            <p class="from">{provenance(run)}</p>
        </section>
    );
}

function OfRun({ id, runs, run }: { id: string; runs: ArrivalRun[]; run: ArrivalRun }) {
    const asked = useAsked((stop) => regionsOf(run, stop));
    return (
        <Answer asked={asked}>
            {(regions) => {
                const months = regions[0]?.months ?? [];
                const at = months.find((m) => m.month === param('month').value)?.month ?? months[0]?.month ?? '';
                const chosen = regions.find((r) => String(r.unit) === id) ?? regions[0];
                const most = Math.max(1, ...regions.map((r) => r.months.find((m) => m.month === at)?.quantiles[4] ?? 0));
                const p = run.params;
                return (
                    <>
                        <Choosing runs={runs} run={run} at={at} regions={regions} chosen={chosen} />
                        <div class="screen">
                            <header class="head"><h1>{t('screen.displacement')}</h1></header>
                            <p class="lead">{t('displacement.lead', { scope: scopeName(p.scope), from: month(months[0]?.month, true), to: month(months.at(-1)?.month, true), origin: month(p.origin, true) })}</p>
                            <div class="two">
                                <section class="panel">
                                    <h2>{t('displacement.ranking')}</h2>
                                    <Table caption={t('displacement.ranking')} hideCaption rows={regions} columns={rankColumns(at, run, most)} rowKey={(r) => String(r.unit)}
                                        selected={String(chosen?.unit ?? '')} sort="-median" step={40} save={`vigie-arrivals-${at}`} />
                                    <p class="note">{t('displacement.levels', { own: num(p.threshold > 0 ? Math.min(5000, p.threshold) : 5000) })}</p>
                                    <p class="from">{provenance(run)}</p>
                                </section>
                                <section class="panel"><FlowMap run={run} regions={regions} /></section>
                            </div>
                            {chosen && <RegionPanels key={`${chosen.unit} ${at}`} run={run} region={chosen} at={at} />}
                            {p.scenario === '' && chosen && <Supposed run={run} regions={regions} at={at} chosen={chosen} />}
                            <Scores run={run} />
                            <Camps />
                        </div>
                    </>
                );
            }}
        </Answer>
    );
}

export default function Displacement({ id }: ScreenProps) {
    const runs = useAsked(arrivalRuns);
    return (
        <Answer asked={runs}>
            {(all) => {
                const run = all.find((r) => String(r.run) === param('run').value) ?? all[0];
                if (run) return <OfRun key={run.run} id={id} runs={all} run={run} />;
                return <div class="screen"><h1>{t('screen.displacement')}</h1><p class="lead">{t('displacement.none')}</p><Camps /></div>;
            }}
        </Answer>
    );
}
