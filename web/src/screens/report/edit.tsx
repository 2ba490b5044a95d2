/* Texts that the reader may change. Invariant: changes are kept in this browser for this address and nowhere else; a text
 * that was changed says so, also on paper, because its figures are no longer filled in. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/i18n';

type Edits = Record<string, string>;

/** What was changed in the report that is open. */
export const edits = signal<Edits>({});
let place = '';

/** Opens the changes that belong to an address. */
export function openEdits(name: string): void {
    place = `vigie.report.${name}`;
    try {
        edits.value = JSON.parse(localStorage.getItem(place) ?? '{}') as Edits;
    } catch {
        edits.value = {};
    }
}

function keep(next: Edits): void {
    edits.value = next;
    try {
        if (Object.keys(next).length) localStorage.setItem(place, JSON.stringify(next));
        else localStorage.removeItem(place);
    } catch { /* private window: the changes last as long as the page */ }
}

export function change(key: string, text: string | null): void {
    const next = { ...edits.value };
    if (text === null) delete next[key];
    else next[key] = text;
    keep(next);
}

export const undoAll = (): void => keep({});

/** A text in place: written by the program until the reader changes it. */
export function Editable({ id, text, label }: { id: string; text: string; label: string }) {
    const ref = useRef<HTMLSpanElement>(null);
    const shown = edits.value[id] ?? text;
    useEffect(() => { if (ref.current && ref.current.textContent !== shown) ref.current.textContent = shown; }, [shown]);
    const take = () => {
        const now = (ref.current?.textContent ?? '').trim();
        change(id, now === text || !now ? null : now);
        if (!now && ref.current) ref.current.textContent = text;
    };
    return (
        <>
            <span ref={ref} class="editable" contentEditable role="textbox" aria-multiline="true" aria-label={label} tabIndex={0} spellcheck={true}
                onBlur={take} onKeyDown={(e) => { if (e.key === 'Escape') e.currentTarget.blur(); }}
                onPaste={(e) => { e.preventDefault(); document.execCommand('insertText', false, e.clipboardData?.getData('text/plain') ?? ''); }}>{text}</span>
            {id in edits.value && !id.startsWith('own.') && <small class="edited"> † {t('report.edited')}</small>}
        </>
    );
}

const ownOf = (part: string) => Object.keys(edits.value).filter((k) => k.startsWith(`own.${part}.`)).sort();

/** Paragraphs of the reader's own, and the button for another one. */
export function Own({ part }: { part: string }) {
    const keys = ownOf(part);
    const next = `own.${part}.${String(Number(keys.at(-1)?.split('.').at(-1) ?? 0) + 1).padStart(3, '0')}`;
    return (
        <>
            {keys.map((key) => (
                <p key={key} class="own">
                    <Editable id={key} text={edits.value[key]!} label={t('report.note')} />{' '}
                    <button type="button" class="small tool" aria-label={t('report.note.remove')} onClick={() => change(key, null)}>×</button>
                </p>
            ))}
            <button type="button" class="small tool" onClick={() => change(next, t('report.note.text'))}>+ {t('report.note')}</button>
        </>
    );
}
