{{ config(group='core') }}
-- The mistake: personal data travel in a text field that nobody thought of, past the vault, into every copy.
-- Found where such a field holds an e-mail address, or a field of words a card number. An id may look like any number.
with

texts as (

    {{ free_text() }}

),

words as (

    {{ free_text(only_words=true) }}

),

looks as (

    select
        field,
        'e-mail' as looks_like
    from texts
    where {{ matches('text', '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+[.][A-Za-z]{2,}') }}

    union all

    select
        field,
        'card number' as looks_like
    from words
    where {{ holds_card_number('text') }}

)

-- The values stay out of the result: it is written to logs.
select
    field,
    looks_like,
    count(*) as events
from looks
group by
    field,
    looks_like
