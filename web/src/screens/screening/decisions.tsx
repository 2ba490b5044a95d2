/* What people decided: the newest decision on each pair of a question and an entry. */
import { Answer, Export } from '../../app/parts';
import { get, useAsked } from '../../api/client';
import { instant, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import type { Decided } from './data';

export function Decisions() {
    const asked = useAsked((stop) => get<{ items: Decided[] }>('api/v1/screening/decisions', {}, stop));
    return (
        <section class="panel" aria-labelledby="decisions">
            <h2 id="decisions">{t('screening.decisions')}</h2>
            <p class="note">{t('screening.decisions.text')}</p>
            <Answer asked={asked}>{(got) => (got.items.length === 0 ? <p>{t('screening.decisions.none')}</p> : (
                <Table caption={t('screening.decisions')} hideCaption rows={got.items} rowKey={(d) => d.hit} step={100} columns={[
                    { key: 'at', head: t('screening.at'), value: (d) => d.at, cell: (d) => instant(d.at) },
                    { key: 'verdict', head: t('screening.verdict'), value: (d) => t(`screening.verdict.${d.verdict}`) },
                    { key: 'entity', head: t('screening.entry'), value: (d) => d.entity, cell: (d) => <bdi>{d.entity}</bdi> },
                    { key: 'who', head: t('screening.who'), value: (d) => d.who, cell: (d) => <bdi>{d.who}</bdi> },
                    { key: 'reason', head: t('screening.reason'), value: (d) => d.reason, cell: (d) => <bdi>{d.reason}</bdi> },
                ]} />
            ))}</Answer>
            <Export path="api/v1/screening/decisions" query={{}} name="vigie-decisions" forms={['csv', 'json']} />
        </section>
    );
}
