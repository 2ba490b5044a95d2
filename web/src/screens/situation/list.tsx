/* The ranked list, the equal of the map. */
import { useMemo } from 'preact/hooks';
import { Spark } from '../../chart/spark';
import { link, set } from '../../app/route';
import { chance, num, short, signed, t } from '../../i18n/i18n';
import { Table, type Column } from '../../table/table';
import type { Measure, Row } from './model';

/** A probability with its bar: length says what the figure says. */
function Chance({ p }: { p: number | null }) {
    return (
        <span class="chance">
            <span class="chance-bar" aria-hidden="true"><span style={{ width: `${Math.round((p ?? 0) * 100)}%` }} /></span>
            {chance(p)}
        </span>
    );
}

/** A change with its direction as a sign; what rounds to nothing is drawn as such. */
export function Change({ by, probability }: { by: number | null; probability: boolean }) {
    if (by == null) return <span class="note">–</span>;
    const points = probability ? by * 100 : by;
    const small = Math.abs(points) < 0.5;
    return (
        <span class={small ? 'change' : points > 0 ? 'change up' : 'change down'}>
            {small ? '=' : `${points > 0 ? '▲' : '▼'} ${probability ? num(Math.abs(points)) : short(Math.abs(points))}`}
        </span>
    );
}

export interface ListProps {
    rows: Row[];
    measure: Measure;
    past: boolean;
    selected: string;
    onSelect: (row: Row) => void;
    caption: string;
    sort: string;
    save: string;
}

function columns(p: ListProps): Column<Row>[] {
    const name: Column<Row> = { key: 'name', head: t('list.country'), value: (r) => r.name, cell: (r) => <a href={link('country', r.iso3)} onClick={(e) => e.stopPropagation()}>{r.name}</a> };
    const spark: Column<Row> = { key: 'spark', head: t('list.spark'), value: (r) => r.spark[r.spark.length - 1], name: t('list.lastmonth'), cell: (r) => <Spark values={r.spark} width={56} /> };
    const probability = p.measure !== 'mean' && !p.past;
    const change: Column<Row> = {
        key: 'change', head: t('list.change'), number: true, value: (r) => r.change, title: t(probability ? 'list.change.points' : 'list.change.deaths'),
        cell: (r) => <Change by={r.change} probability={probability} />,
    };
    if (p.past) return [name, { key: 'value', head: t('list.recorded'), number: true, value: (r) => r.recorded }, change, spark];
    return [
        name,
        ...(probability ? [{ key: 'value', head: t('list.risk'), number: true, value: (r: Row) => r.value, cell: (r: Row) => <Chance p={r.value} />, title: t(`measure.${p.measure}`) }] : []),
        {
            key: 'mean', head: t('list.expected'), number: true, value: (r: Row) => r.mean, title: t('list.expected.long'),
            cell: (r: Row) => <span title={t('list.range', { median: num(r.median), low: num(r.low), high: num(r.high) })}>{short(r.mean)} <span class="range90">{short(r.low, 2)}–{short(r.high, 2)}</span></span>,
        },
        change, spark,
    ];
}

export function Ranked(p: ListProps) {
    const cols = useMemo(() => columns(p), [p.measure, p.past, p.rows]);
    return (
        <Table caption={p.caption} hideCaption rows={p.rows} columns={cols} rowKey={(r) => r.iso3} head="name" sort={p.sort} onSort={(sort) => set({ sort })}
            selected={p.selected} onSelect={p.onSelect} save={p.save} step={60} />
    );
}

/** The change in words, for the card. */
export const changeWords = (by: number | null, probability: boolean) =>
    by == null ? t('change.unknown') : t(probability ? 'change.points' : 'change.deaths', { by: signed(probability ? by * 100 : by) });
