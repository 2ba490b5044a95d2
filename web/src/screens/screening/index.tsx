/* Screening: search, review of a file, changes of the lists, decisions. Invariant: everywhere it is said that a match is a
 * candidate for a person's decision. */
import './screening.css';
import { link } from '../../app/route';
import type { ScreenProps } from '../../app/screens';
import { t } from '../../i18n/i18n';
import { Changes } from './changes';
import { Decisions } from './decisions';
import { Review } from './review';
import { Search } from './search';

const PARTS = ['search', 'review', 'changes', 'decisions'] as const;

export default function Screening({ id }: ScreenProps) {
    const part = PARTS.find((p) => p === id) ?? 'search';
    return (
        <div class="screen">
            <h1>{t('screen.screening')}</h1>
            <p>{t('screening.person')}</p>
            <nav class="verdicts" aria-label={t('screening.parts.nav')}>
                {PARTS.map((p) => <a key={p} href={link('screening', p)} aria-current={p === part ? 'page' : undefined}>{t(`screening.${p}`)}</a>)}
            </nav>
            {part === 'search' && <Search />}
            {part === 'review' && <Review />}
            {part === 'changes' && <Changes />}
            {part === 'decisions' && <Decisions />}
        </div>
    );
}
