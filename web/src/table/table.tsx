/* A table to read and to move in: sorted by any column, gone through with the arrow keys, saved as it stands. Invariant:
 * what is saved is what is shown, the same rows in the same order under the same heads. */
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { saveBlob } from '../api/client';
import { collate, num, t } from '../i18n/i18n';

export interface Column<Row> {
    key: string;
    head: ComponentChildren;
    /** The figure or text that is sorted by and saved; null = not known, always last. */
    value: (row: Row) => number | string | null | undefined;
    /** What is shown; without it the value. */
    cell?: (row: Row) => ComponentChildren;
    number?: boolean;
    /** Which way it goes when it is first sorted by; numbers go down. */
    down?: boolean;
    title?: string;
    /** Head for the saved file, where `head` is no plain text. */
    name?: string;
}

export interface TableProps<Row> {
    caption: string;
    rows: Row[];
    columns: Column<Row>[];
    rowKey: (row: Row) => string;
    /** Key of the column first sorted by, with "-" in front for downwards; '' = the order of `rows`. */
    sort?: string;
    onSort?: (sort: string) => void;
    selected?: string;
    onSelect?: (row: Row) => void;
    /** Name of the file when it may be saved. */
    save?: string;
    /** Rows shown at first; more on request. */
    step?: number;
    /** Column that names the row (a row head). */
    head?: string;
    hideCaption?: boolean;
}

function compare(a: number | string | null | undefined, b: number | string | null | undefined, way: number): number {
    const lacksA = a == null || Number.isNaN(a), lacksB = b == null || Number.isNaN(b);
    if (lacksA || lacksB) return Number(lacksA) - Number(lacksB);
    return way * (typeof a === 'number' && typeof b === 'number' ? a - b : collate(String(a), String(b)));
}

function sorted<Row>(rows: Row[], columns: Column<Row>[], sort: string): Row[] {
    const column = columns.find((c) => c.key === sort.replace(/^-/, ''));
    if (!column) return rows;
    const way = sort.startsWith('-') ? -1 : 1;
    return rows.map((row, i) => ({ row, i, v: column.value(row) }))
        .sort((a, b) => compare(a.v, b.v, way) || a.i - b.i).map((x) => x.row);
}

/** One cell of CSV. A text that a spreadsheet would take for a formula gets a ' in front. */
function csvCell(value: number | string | null | undefined): string {
    if (value == null || Number.isNaN(value)) return '';
    const text = typeof value === 'number' ? String(value) : value.replace(/^(?=[=+\-@\t\r])/, "'");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf<Row>(rows: Row[], columns: Column<Row>[]): string {
    const head = columns.map((c) => csvCell(c.name ?? (typeof c.head === 'string' ? c.head : c.key)));
    return [head, ...rows.map((row) => columns.map((c) => csvCell(c.value(row))))].map((line) => `${line.join(',')}\r\n`).join('');
}

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort: string; onSort: (sort: string) => void }) {
    const { key, number } = column;
    const mine = sort.replace(/^-/, '') === key;
    const down = sort.startsWith('-');
    const next = mine ? (down ? key : `-${key}`) : (column.down ?? number) ? `-${key}` : key;
    return (
        <th scope="col" class={number ? 'number' : ''} aria-sort={mine ? (down ? 'descending' : 'ascending') : undefined} title={column.title}>
            <button type="button" onClick={() => onSort(next)}>
                {column.head}<span class="way" aria-hidden="true">{mine ? (down ? '▾' : '▴') : ''}</span>
            </button>
        </th>
    );
}

export function Table<Row>(p: TableProps<Row>) {
    const [own, setOwn] = useState(p.sort ?? '');
    const sort = p.onSort ? (p.sort ?? '') : own;
    const [shown, setShown] = useState(p.step ?? 200);
    const body = useRef<HTMLTableSectionElement>(null);
    const rows = useMemo(() => sorted(p.rows, p.columns, sort), [p.rows, p.columns, sort]);
    const step = (from: HTMLElement, by: number) => {
        const all = [...(body.current?.querySelectorAll<HTMLElement>('tr[tabindex]') ?? [])];
        const to = by === Infinity ? all.length - 1 : by === -Infinity ? 0 : all.indexOf(from.closest('tr')!) + by;
        all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
    };
    const onKey = (e: KeyboardEvent, row: Row) => {
        const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[e.key];
        if (by !== undefined) { e.preventDefault(); step(e.target as HTMLElement, by); }
        if ((e.key === 'Enter' || e.key === ' ') && p.onSelect && e.target === e.currentTarget) { e.preventDefault(); p.onSelect(row); }
    };
    const first = rows.findIndex((r) => p.rowKey(r) === p.selected);
    return (
        <div class="tabled">
            <table>
                <caption class={p.hideCaption ? 'hidden' : ''}>{p.caption}</caption>
                <thead><tr>{p.columns.map((c) => <Head key={c.key} column={c} sort={sort} onSort={p.onSort ?? setOwn} />)}</tr></thead>
                <tbody ref={body}>
                    {rows.slice(0, shown).map((row, i) => {
                        const key = p.rowKey(row);
                        return (
                            <tr key={key} data-key={key} class={key === p.selected ? 'selected' : ''}
                                tabIndex={p.onSelect ? (i === Math.max(0, first) ? 0 : -1) : undefined}
                                aria-selected={p.onSelect ? key === p.selected : undefined}
                                onKeyDown={p.onSelect ? (e) => onKey(e, row) : undefined} onClick={p.onSelect && (() => p.onSelect!(row))}>
                                {p.columns.map((c) => cell(c, row, c.key === p.head))}
                            </tr>
                        );
                    })}
                </tbody>
            </table>
            <p class="below">
                {rows.length > shown && (
                    <button type="button" class="small" onClick={() => setShown(shown + (p.step ?? 200))}>
                        {t('table.more', { shown: num(shown), all: num(rows.length) })}
                    </button>
                )}
                {p.save && rows.length > 0 && (
                    <button type="button" class="small" onClick={() => saveBlob(new Blob(['\ufeff', csvOf(rows, p.columns)], { type: 'text/csv' }), `${p.save}.csv`)}>
                        {t('table.save')}
                    </button>
                )}
            </p>
        </div>
    );
}

function cell<Row>(c: Column<Row>, row: Row, head: boolean) {
    const value = c.value(row);
    const inside = c.cell ? c.cell(row) : typeof value === 'number' || c.number ? num(value as number) : (value ?? '–');
    return head ? <th key={c.key} scope="row">{inside}</th> : <td key={c.key} class={c.number ? 'number' : ''}>{inside}</td>;
}
