/* Compliance by clause: kept, broken, or not decidable, with what stands behind it. */
import { Answer, Export } from '../../app/parts';
import { link, param } from '../../app/route';
import { get, useAsked } from '../../api/client';
import { num, pct, t } from '../../i18n/i18n';
import { Table } from '../../table/table';
import { root, word, type Agreement, type Compliance } from './data';

export function Clauses({ id, agreement }: { id: string; agreement: Agreement }) {
    const asked = useAsked((stop) => get<{ items: Compliance[] }>(`${root(id)}/compliance`, { from: param('from').value, to: param('to').value }, stop));
    const clause = new Map(agreement.clauses.map((c) => [c.clause, c]));
    return (
        <section class="panel" aria-labelledby="clauses">
            <h2 id="clauses">{t('ceasefire.clauses')}</h2>
            <p class="note">{t('ceasefire.clauses.text')}</p>
            <Answer asked={asked}>{(got) => (
                <Table caption={t('ceasefire.clauses')} hideCaption rows={got.items} rowKey={(c) => c.clause} head="clause" save={`vigie-${id}-clauses`} columns={[
                    { key: 'clause', head: t('ceasefire.clause'), value: (c) => c.clause, cell: (c) => (
                        <div class="wide-text clause-text"><bdi>{c.clause} · {clause.get(c.clause)?.title}</bdi>{clause.get(c.clause)?.text && <span class="note"><br /><bdi>{clause.get(c.clause)!.text}</bdi></span>}</div>
                    ) },
                    { key: 'state', head: t('ceasefire.state'), value: (c) => word('compliance', c.state), cell: (c) => <strong>{word('compliance', c.state)}</strong> },
                    { key: 'broken', head: t('ceasefire.days.broken'), number: true, value: (c) => c.days_broken },
                    { key: 'doubtful', head: t('ceasefire.days.doubtful'), number: true, value: (c) => c.days_doubtful },
                    { key: 'kept', head: t('ceasefire.days.kept'), number: true, value: (c) => c.days_kept },
                    { key: 'undecided', head: t('ceasefire.days.undecided'), number: true, value: (c) => c.days_not_decidable + c.days_not_known },
                    { key: 'violations', head: t('ceasefire.violations'), number: true, value: (c) => c.violations },
                    { key: 'before', head: t('ceasefire.before'), number: true, value: (c) => c.violations_before },
                    { key: 'expected', head: t('ceasefire.expected'), number: true, value: (c) => c.expected, cell: (c) => num(c.expected, 1) },
                    { key: 'trend', head: t('ceasefire.trend'), value: (c) => (c.trend_known ? word('trend', c.trend) : null), cell: (c) => (c.trend_known ? word('trend', c.trend) : num(null)) },
                    { key: 'watched', head: t('ceasefire.watched'), number: true, value: (c) => c.watched, cell: (c) => pct(c.watched) },
                    { key: 'unattributed', head: t('ceasefire.unattributed'), number: true, value: (c) => c.unattributed },
                    { key: 'worst', head: t('ceasefire.worst'), value: (c) => c.worst, cell: (c) => (c.worst ? <a href={link('ceasefire', id, { incident: c.worst })}>{t('ceasefire.open')}</a> : num(null)) },
                ]} />
            )}</Answer>
            <Export path={`${root(id)}/compliance`} query={{ from: param('from').value, to: param('to').value }} name={`vigie-${id}-clauses`} forms={['csv', 'json']} />
        </section>
    );
}
