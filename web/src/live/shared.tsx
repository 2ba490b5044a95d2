/* What participants, moderators and observers see alike: the frame, the choice of language, a text in its own direction. */
import type { ComponentChildren } from 'preact';
import { lang, LANGUAGES, setLang, t, type Lang } from '../i18n/i18n';
import { keep } from './room';

const NAMES: Record<Lang, string> = { fr: 'Français', en: 'English', ar: 'العربية', es: 'Español', pt: 'Português', ru: 'Русский', zh: '中文' };

export function Languages({ changed }: { changed?: () => void }) {
    const choose = async (to: string) => {
        await setLang(to as Lang);
        keep({ lang: to });
        changed?.();
    };
    return (
        <label class="field">
            <span class="hidden">{t('live.language')}</span>
            <select value={lang.value} onChange={(e) => void choose(e.currentTarget.value)}>
                {LANGUAGES.map((l) => <option key={l} value={l} lang={l}>{NAMES[l]}</option>)}
            </select>
        </label>
    );
}

export function Frame({ title, wide, changed, children }: { title: string; wide?: boolean; changed?: () => void; children: ComponentChildren }) {
    return (
        <div class={wide ? 'room wide' : 'room'}>
            <header class="head">
                <h1 dir="auto">{title}</h1>
                <Languages {...(changed ? { changed } : {})} />
            </header>
            <main>{children}</main>
        </div>
    );
}

/** Words of people: in their own language and direction, never as markup. */
export function Said({ text, language }: { text: string; language: string }) {
    return <span dir="auto" lang={language || undefined}>{text}</span>;
}
