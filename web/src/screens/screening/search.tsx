/* Who is looked for, and whom that could be, asked anew while one types. */
import { Answer, Choice, Export, TextFilter } from '../../app/parts';
import { param } from '../../app/route';
import { get, useAsked, type Query } from '../../api/client';
import { byName } from '../../i18n/countries';
import { day, lang, num, pct, t } from '../../i18n/i18n';
import { Candidate } from './candidate';
import type { Found } from './data';

const SCHEMAS = ['Person', 'Organization', 'Company', 'LegalEntity', 'Vessel', 'Airplane'];

function question(): Query | null {
    const q = param('q').value, number = param('number').value;
    if (q.length < 2 && number.length < 3) return null;
    const birth = param('birth').value;
    return {
        q, number, schema: param('schema').value, country: param('nation').value,
        birth: /^\d{4}(-\d{2}){0,2}$/.test(birth) ? birth : '',
        lang: lang.value === 'fr' ? 'fr' : 'en', limit: 10,
    };
}

export function Search() {
    const found = useAsked((stop) => {
        const asked = question();
        return asked && get<Found>('api/v1/screening/search', asked, stop);
    });
    const asked = question();
    return (
        <section class="panel" aria-labelledby="search">
            <h2 id="search">{t('screening.search')}</h2>
            <p class="note">{t('screening.search.text')}</p>
            <div class="ask" role="search">
                <TextFilter name="q" label={t('screening.name')} />
                <Choice name="schema" label={t('screening.schema')} options={[{ value: '', text: t('screening.any') }, ...SCHEMAS.map((s) => ({ value: s, text: t(`screening.is.${s}`) }))]} />
                <TextFilter name="birth" label={t('screening.birth')} placeholder="1965-03-07" />
                <Choice name="nation" label={t('screening.country')} options={[{ value: '', text: t('screening.any') }, ...byName.value.map((c) => ({ value: c.iso3, text: c.name }))]} />
                <TextFilter name="number" label={t('screening.number')} />
            </div>
            {asked && <Answer asked={found}>{(got) => (
                <>
                    <p role="status">{got.items.length ? t('screening.found', { n: num(got.items.length), hits: num(got.hits), threshold: pct(got.threshold) }) : t('screening.none')}</p>
                    {got.items.map((c) => <Candidate key={c.hit} shown={c} />)}
                    <p class="note">{t('screening.against')} <bdi>{got.lists.map((l) => `${l.list} ${l.version ?? ''} (${l.known_at ? day(l.known_at.slice(0, 10)) : l.vintage})`).join(', ')}</bdi></p>
                    <Export path="api/v1/screening/search" query={asked} name="vigie-screening" forms={['csv', 'json']} />
                </>
            )}</Answer>}
        </section>
    );
}
