/* What stands around every screen: bar, language, light and dark, news, the question for a token, and the foot with the
 * vintages. Invariant: the first stop of the tab key leads past all of it. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { freshness, get, Problem, setToken, token, useAsked, wanted } from '../api/client';
import { live, onNews, type News } from '../api/stream';
import type { Rows, Vintage } from '../api/types';
import { instant, LANGUAGES, lang, loadPart, t, tn } from '../i18n/i18n';
import { Failed } from './parts';
import { link, route, set } from './route';
import { screens, type Screen, type ScreenProps } from './screens';
import { theme, type Theme } from './settings';

/* --- news --- */

/** News since the page was loaded or made fresh. */
const news = signal<News[]>([]);
const RELOADS = new Set(['vintage', 'run', 'alert']);

function NewsNote() {
    const loud = news.value.filter((n) => RELOADS.has(n.kind));
    if (!loud.length) return null;
    const last = loud[loud.length - 1]!;
    return (
        <div class="news">
            <span>{tn(`news.${last.kind}`, loud.filter((n) => n.kind === last.kind).length)}</span>
            <button type="button" onClick={() => { news.value = []; freshness.value++; }}>{t('news.reload')}</button>
            <button type="button" class="plain" aria-label={t('news.later')} onClick={() => { news.value = []; }}>×</button>
        </div>
    );
}

/* --- the bar --- */

const LANGUAGE_NAMES: Record<string, string> = {
    fr: 'Français', en: 'English', ar: 'العربية', es: 'Español', pt: 'Português', ru: 'Русский', zh: '中文',
};

function LanguageChoice() {
    return (
        <select class="quiet" aria-label={t('bar.language')} value={lang.value} onChange={(e) => set({ lang: e.currentTarget.value })}>
            {LANGUAGES.map((l) => <option key={l} value={l} lang={l}>{LANGUAGE_NAMES[l]}</option>)}
        </select>
    );
}

function ThemeChoice() {
    return (
        <select class="quiet" aria-label={t('bar.theme')} value={theme.value} onChange={(e) => { theme.value = e.currentTarget.value as Theme; }}>
            {(['auto', 'light', 'dark'] as const).map((v) => <option key={v} value={v}>{t(`theme.${v}`)}</option>)}
        </select>
    );
}

function Bar() {
    const at = route.value.screen;
    return (
        <header class="topbar">
            <a class="brand" href={link('situation')}><img src="./icon.svg" alt="" width="22" height="22" />vigie</a>
            <nav aria-label={t('bar.screens')}>
                {screens.filter((s) => s.nav).map((s) => (
                    <a key={s.name} href={link(s.name)} aria-current={s.name === at ? 'page' : undefined}>{t(`screen.${s.name}`)}</a>
                ))}
            </nav>
            <span class={`live live-${live.value}`} title={t(`line.${live.value}`)}>
                <span aria-hidden="true">{live.value === 'on' ? '●' : '○'}</span>
                <span class="hidden">{t(`line.${live.value}`)}</span>
            </span>
            {token.value && <button type="button" class="quiet" onClick={() => setToken('')}>{t('token.forget')}</button>}
            <LanguageChoice />
            <ThemeChoice />
        </header>
    );
}

/* --- token --- */

function TokenQuestion() {
    const [text, setText] = useState('');
    if (!wanted.value) return null;
    return (
        <form class="token" onSubmit={(e) => { e.preventDefault(); setToken(text.trim()); setText(''); }}>
            <label for="token">{t('token.ask')}</label>
            <input id="token" type="password" autocomplete="off" spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} />
            <button type="submit">{t('token.use')}</button>
            <p class="note">{t('token.kept')}</p>
        </form>
    );
}

/* --- foot --- */

function Foot() {
    const asked = useAsked((stop) => get<Rows<Vintage>>('api/v1/vintages', {}, stop));
    const rows = asked.value.value?.items ?? [];
    const replaced = new Set(rows.map((v) => v.supersedes));
    const now = rows.filter((v) => v.first_month !== null && !replaced.has(v.vintage)); /* lists and votes are told where they are asked */
    return (
        <footer class="foot">
            <p class="disclaimer">{t('disclaimer.boundaries')}</p>
            {now.length > 0 && (
                <p>
                    {t('foot.vintages')}{' '}
                    {now.map((v, i) => (
                        <span key={v.vintage}>
                            {i > 0 && ' · '}
                            <bdi>{[v.source, v.version, v.scope === 'world' ? '' : v.scope].filter(Boolean).join(' ')}</bdi>{' '}
                            ({t('foot.known', { when: instant(v.known_at) })})
                        </span>
                    ))}
                </p>
            )}
        </footer>
    );
}

/* --- the screen --- */

type Loaded = { name: string; Body: ComponentType<ScreenProps> };

function Body({ screen, id }: { screen: Screen; id: string }) {
    const [loaded, setLoaded] = useState<Loaded | null>(null);
    const [failed, setFailed] = useState<Problem | null>(null);
    useEffect(() => {
        let wanted = true;
        setFailed(null);
        Promise.all([screen.load(), loadPart(screen.part)]).then(
            ([module]) => { if (wanted) setLoaded({ name: screen.name, Body: module.default }); },
            () => { if (wanted) setFailed(new Problem(0, 'offline', '')); },
        );
        return () => { wanted = false; };
    }, [screen]);
    useEffect(() => { document.title = `${t(`screen.${screen.name}`)} · vigie`; }, [screen, lang.value]);
    if (failed) return <Failed problem={failed} />;
    if (!loaded || loaded.name !== screen.name) return <p class="wait" role="status">{t('wait')}</p>;
    return <loaded.Body id={id} />;
}

export function Shell() {
    useEffect(() => onNews((n) => { news.value = [...news.value, n]; }), []);
    const { screen: name, id } = route.value;
    const screen = screens.find((s) => s.name === name);
    return (
        <>
            <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>{t('skip')}</a>
            <Bar />
            <div role="status" aria-live="polite"><NewsNote /></div>
            <TokenQuestion />
            <main id="main" tabIndex={-1}>
                {screen ? <Body screen={screen} id={id} /> : <p class="wait">{t('screen.unknown')}</p>}
            </main>
            <Foot />
        </>
    );
}
