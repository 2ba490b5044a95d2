/* A supposition beside the forecast: the last months were as they were up to a past month. The server computes it and keeps
 * nothing. Invariant: the forecast of the run stays in view, and the answer is told to be the model's. */
import { useState } from 'preact/hooks';
import { Fan } from '../../chart/fan';
import { monthNumber, monthText } from '../../chart/scale';
import { Answer } from '../../app/parts';
import { param, set } from '../../app/route';
import { get, useAsked } from '../../api/client';
import { month, num, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { fanOf } from './region';
import type { ArrivalRun, Region } from './shared';

interface Row { unit: number; region: string; month: string; median: number; scenario_median: number | null; scenario_change: number | null }
interface VerbAnswer { forecasts: Row[] }

export function Supposed({ run, regions, at, chosen }: { run: ArrivalRun; regions: Region[]; at: string; chosen: Region }) {
    const first = monthNumber(run.params.data_first) + 11, last = monthNumber(run.params.origin);
    const like = /^\d{4}-\d\d$/.test(param('like').value) ? param('like').value : '';
    const [moving, setMoving] = useState<number | null>(null);
    const asked = useAsked((stop) => {
        const wish = param('like').value;
        return /^\d{4}-\d\d$/.test(wish) ? get<VerbAnswer>('api/v1/verbs/displacement-forecast', {
            source: run.params.source, scope: run.params.scope, origin: run.params.origin, leads: run.params.n_leads,
            scenario: `arrivals=${wish}`, 'no-check': true,
        }, stop) : null;
    });
    const value = moving ?? (like ? monthNumber(like) : last);
    const columns: Column<Row>[] = [
        { key: 'region', head: t('figure.region'), value: (r) => r.region },
        { key: 'median', head: t('figure.median'), number: true, value: (r) => r.median },
        { key: 'supposed', head: t('displacement.whatif.median'), number: true, value: (r) => r.scenario_median },
    ];
    return (
        <section class="panel">
            <h2>{t('displacement.whatif')}</h2>
            <p class="note">{t('displacement.whatif.text')}</p>
            <p class="slide">
                <label class="field"><span>{t('displacement.whatif.month')}</span>
                    <input type="range" min={first} max={last} value={value} aria-valuetext={month(monthText(value), true)}
                        onInput={(e) => setMoving(Number(e.currentTarget.value))}
                        onChange={(e) => { setMoving(null); set({ like: monthText(Number(e.currentTarget.value)) }); }} />
                </label>
                <output>{moving != null || like ? month(monthText(value), true) : t('displacement.whatif.off')}</output>
                {like && <button type="button" class="small" onClick={() => set({ like: null })}>{t('displacement.whatif.off')}</button>}
            </p>
            {like && (
                <Answer asked={asked}>
                    {({ forecasts }) => {
                        const supposed = new Map(forecasts.filter((f) => f.unit === chosen.unit && f.scenario_median != null).map((f) => [f.month, f.scenario_median!]));
                        return (
                            <div class="half">
                                <Fan title={t('displacement.fan', { name: chosen.name })} months={fanOf(chosen, supposed).slice(-30)} height={220} save={`vigie-supposed-${chosen.unit}`}
                                    note={`- - - ${t('displacement.whatif.median')}: ${num(supposed.get(at))}`} />
                                <Table caption={t('displacement.whatif')} hideCaption rows={forecasts.filter((f) => f.month === at)} columns={columns} rowKey={(r) => String(r.unit)}
                                    sort="-supposed" step={regions.length} save={`vigie-supposed-${like}`} />
                            </div>
                        );
                    }}
                </Answer>
            )}
        </section>
    );
}
