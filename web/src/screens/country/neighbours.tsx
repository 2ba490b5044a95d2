/* The countries that share a land border, with their forecasts of the same run. */
import borders from 'virtual:vigie/borders';
import { Answer } from '../../app/parts';
import { link } from '../../app/route';
import { get, useAsked } from '../../api/client';
import type { Forecast, Rows } from '../../api/types';
import { nameOf } from '../../i18n/countries';
import { num, pct, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import type { ForecastRun, Unit } from '../look/data';
import { bands } from './forecast';

interface Row { iso3: string; unit: Unit | undefined; total: Forecast | undefined }

const neighboursOf = (iso3: string): string[] =>
    borders.flatMap(([a, b]) => (a === iso3 ? [b] : b === iso3 ? [a] : []));

export function Neighbours({ run, iso3, units }: { run: ForecastRun; iso3: string; units: Unit[] }) {
    const near = neighboursOf(iso3);
    const asked = useAsked((stop) => Promise.all(near.map(async (other): Promise<Row> => {
        const unit = units.find((u) => u.body.iso3 === other);
        // The total stands first among the forecasts of a unit.
        const first = unit && (await get<Rows<Forecast>>('api/v1/forecasts', { run: run.run, unit: unit.unit, limit: 1 }, stop)).items[0];
        return { iso3: other, unit, total: first?.month === null ? first : undefined };
    })));
    const q = (r: Row) => (r.total ? bands(r.total) : undefined);
    const columns: Column<Row>[] = [
        { key: 'name', head: t('figure.country'), value: (r) => nameOf(r.iso3), cell: (r) => <a href={link('country', r.iso3, { run: run.run })}>{nameOf(r.iso3)}</a> },
        { key: 'last12', head: t('figure.last12'), number: true, value: (r) => r.unit?.body.last12 },
        { key: 'median', head: t('figure.median'), number: true, value: (r) => q(r)?.q50, cell: (r) => num(q(r)?.q50) },
        { key: 'in90', head: t('figure.in90'), number: true, value: (r) => q(r)?.q95, cell: (r) => (q(r) ? `${num(q(r)!.q05)} – ${num(q(r)!.q95)}` : '–') },
        { key: 'p25', head: t('country.p25'), number: true, value: (r) => r.unit?.body.p_month[1], cell: (r) => pct(r.unit?.body.p_month[1]) },
    ];
    return (
        <>
            <h2>{t('country.neighbours')}</h2>
            {near.length === 0 ? <p class="note">{t('country.neighbours.none')}</p> : (
                <Answer asked={asked}>
                    {(rows) => <Table caption={t('country.neighbours')} hideCaption rows={rows} columns={columns} rowKey={(r) => r.iso3} sort="-median" save={`vigie-${iso3}-neighbours`} />}
                </Answer>
            )}
        </>
    );
}
