/* What such forecasts were worth. Invariant: a forecast that was not scored says so. */
import { Answer } from '../../app/parts';
import { get, useAsked } from '../../api/client';
import type { Result, Rows } from '../../api/types';
import { num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import { stratumOf, type ForecastRun, type Quality, type ScoreBody, type Unit } from '../look/data';

interface Row extends Quality { model: string; first: number; last: number }

/** Scores of a run for one stratum; -1 = over all units. */
export function scoreRows(items: Result<ScoreBody>[], stratum: number): Row[] {
    return items.map(({ body }) => ({ ...(body.strata[stratum] ?? body.all), model: body.model, first: body.first_window, last: body.last_window }));
}

export const scoreColumns = (model: string): Column<Row>[] => [
    { key: 'model', head: t('figure.model'), value: (r) => (r.model === model ? r.model : t('score.baseline', { model: r.model })) },
    { key: 'n', head: t('score.n'), number: true, value: (r) => r.n },
    { key: 'crps', head: t('score.crps'), number: true, value: (r) => r.crps, cell: (r) => num(r.crps, 2) },
    { key: 'brier25', head: t('score.brier25'), number: true, value: (r) => r.brier25, cell: (r) => num(r.brier25, 4) },
    { key: 'in50', head: t('score.in50'), number: true, value: (r) => r.coverage50, cell: (r) => pct(r.coverage50) },
    { key: 'in90', head: t('score.in90'), number: true, value: (r) => r.coverage90, cell: (r) => pct(r.coverage90) },
];

export function Scored({ run, unit }: { run: ForecastRun; unit: Unit }) {
    const asked = useAsked((stop) => get<Rows<Result<ScoreBody>>>('api/v1/scores', { run: run.run }, stop));
    return (
        <>
            <h2>{t('country.score')}</h2>
            <Answer asked={asked}>
                {({ items }) => {
                    const stratum = stratumOf(unit.body.last12);
                    const rows = scoreRows(items, stratum);
                    const first = rows[0];
                    if (!first) return <p class="bad">{t('country.unscored')}</p>;
                    return (
                        <>
                            <p class="note">{t('country.score.text', { from: first.first, to: first.last, stratum: t(`stratum.${Math.max(0, stratum)}`) })}</p>
                            <Table caption={t('country.score')} hideCaption rows={rows} columns={scoreColumns(run.params.model)} rowKey={(r) => r.model} save={`vigie-score-run${run.run}`} />
                            <p class="note">{t('score.note')}</p>
                        </>
                    );
                }}
            </Answer>
        </>
    );
}
