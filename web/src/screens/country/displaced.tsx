/* Where arrivals of displaced people are forecast for a country: its regions with past, forecast and level. Nothing is
 * shown where nothing is known. */
import { link } from '../../app/route';
import { useAsked } from '../../api/client';
import { Spark } from '../../chart/spark';
import { month, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { arrivalRuns, regionsOf, rankColumns, FlowMap, type ArrivalRun } from '../displacement/shared';
import { provenance } from '../look/data';

function OfRun({ run, iso3 }: { run: ArrivalRun; iso3: string }) {
    const asked = useAsked((stop) => regionsOf(run, stop));
    const regions = asked.value.value;
    const first = regions?.[0]?.months[0]?.month;
    if (!regions || !first) return null;
    return (
        <section class="panel">
            <h2>{t('country.displaced')}</h2>
            <p class="note">{t('country.displaced.text', { month: month(first, true), origin: month(run.params.origin, true) })}{' '}
                <a href={link('displacement', '', { run: run.run })}>{t('country.displaced.more')}</a></p>
            <div class="half">
                <Table caption={t('country.displaced')} hideCaption rows={regions} rowKey={(r) => String(r.unit)} save={`vigie-${iso3}-arrivals`}
                    columns={[...rankColumns(first, run).slice(0, 4), {
                        key: 'past', head: t('displacement.arrivals'), value: (r) => r.history.at(-1),
                        cell: (r) => <Spark values={r.history.slice(-24)} ahead={r.months.map((m) => [m.quantiles[0]!, m.quantiles[2]!, m.quantiles[4]!])} width={110} />,
                    }]} />
                <FlowMap run={run} regions={regions} />
            </div>
            <p class="from">{provenance(run)}</p>
        </section>
    );
}

export function Displaced({ iso3 }: { iso3: string }) {
    const runs = useAsked(arrivalRuns);
    const run = runs.value.value?.find((r) => r.params.scope === iso3);
    return run ? <OfRun key={run.run} run={run} iso3={iso3} /> : null;
}
