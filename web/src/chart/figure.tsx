/* What stands around a drawing. Invariant: every drawing has a title, a key that does not rest on colour alone, and the
 * same figures as a table below it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/i18n';
import { Table, type Column } from '../table/table';

export interface KeyEntry { mark: 'line' | 'dash' | 'dot' | 'band50' | 'band90' | 'bar' | 'ghost' | 'rule'; text: string }

function Mark({ mark }: { mark: KeyEntry['mark'] }) {
    return (
        <svg class={`mark mark-${mark}`} width="24" height="12" aria-hidden="true">
            {mark === 'dot' ? <circle cx="12" cy="6" r="3.5" />
                : mark === 'line' || mark === 'dash' || mark === 'rule' ? <line x1="1" y1="6" x2="23" y2="6" />
                    : <rect x="2" y="1" width="20" height="10" />}
        </svg>
    );
}

export function Key({ entries }: { entries: KeyEntry[] }) {
    return <ul class="key">{entries.map((e) => <li key={e.text}><Mark mark={e.mark} /> {e.text}</li>)}</ul>;
}

export interface FigureProps<Row> {
    title: string;
    note?: ComponentChildren;
    entries?: KeyEntry[];
    rows: Row[];
    columns: Column<Row>[];
    rowKey: (row: Row) => string;
    /** Name of the file when the table is saved. */
    save?: string;
    /** Gets the width there is, in pixels; called again when it changes. */
    children: (width: number) => ComponentChildren;
    compact?: boolean;
}

/** The width of an element, followed. */
export function useWidth(first: number) {
    const ref = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(first);
    useEffect(() => {
        if (!ref.current) return;
        const watch = new ResizeObserver(([entry]) => { if (entry && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width)); });
        watch.observe(ref.current);
        return () => watch.disconnect();
    }, []);
    return { ref, width };
}

export function Figure<Row>(p: FigureProps<Row>) {
    const { ref, width } = useWidth(600);
    const [open, setOpen] = useState(false);
    return (
        <figure class="figure">
            <figcaption><h3>{p.title}</h3>{p.note && <p class="note">{p.note}</p>}</figcaption>
            {p.entries && <Key entries={p.entries} />}
            <div class="drawing" ref={ref}>{p.children(width)}</div>
            <details onToggle={(e) => setOpen(e.currentTarget.open)}>
                <summary>{t('figure.table')}</summary>
                {open && <Table caption={p.title} hideCaption rows={p.rows} columns={p.columns} rowKey={p.rowKey} save={p.save} />}
            </details>
        </figure>
    );
}
