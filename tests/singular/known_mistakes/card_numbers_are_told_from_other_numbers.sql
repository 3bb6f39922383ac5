-- What personal_data_in_raw takes for a card; the cards are those that schemes print for tests.
-- 4539148803436467 doubles to 8+5+6+9+2+4+7+8+0+3+8+3+3+4+3+7 = 80, so it is one; with 8 at its end the sum is 81.
with

examples as (

    select
        'card 4539148803436467' as text,
        true as is_card
    union all
    select
        '4539148803436468' as text,
        false as is_card
    union all
    select
        'paid by 4111-1111 1111 1111.' as text,
        true as is_card
    union all
    select
        '378282246310005' as text,
        true as is_card
    union all
    select
        '1234567812345670' as text,
        false as is_card
    union all
    select
        '41111111111111110' as text,
        false as is_card
    union all
    select
        '' as text,
        false as is_card

)

select * from examples
where {{ holds_card_number('text') }} <> is_card
