{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__events') -%}
{%- set round = 'brand, player_id, round_id' -%}
{%- set event = 'brand, player_id, round_id, kind, event_id, event_at' -%}
with

rounds as (

    select * from {{ ref('int_bets__rounds') }} where not is_plain

),

placements as (

    select
        placements.*,
        rounds.has_one_issuer
    from {{ ref('int_bets__placements') }} as placements
    inner join rounds using ({{ round }})

),

games as (

    select * from {{ ref('dim_games') }} where is_in_catalogue

),

providers as (

    select * from {{ ref('int_games__providers') }}

),

asked as (

    select
        sent.*,
        coalesce(providers.provider_id, sent.provider_id) as named_provider_id,
        games.provider_id as catalogue_provider_id
    from {{ ref('int_bets__sent') }} as sent
    inner join rounds using ({{ round }})
    left join providers on lower(sent.provider_id) = providers.provider_key
    left join games on sent.game_id = games.game_id
    where sent.kind != 'placed'

),

-- An event looks at the stake that its transaction names, of its bet where it names one, else at its bet, else at what
-- was sent without a bet id.
lookups as (

    {% for place, looked_by, looked_for, condition in [
        (0, 'txn', 'txn_id', "txn_id is not null and kind in ('rejected', 'rolled_back', 'refunded')"),
        (1, 'bet', 'bet_id', 'bet_id is not null'),
        (2, 'unnamed', "''", 'bet_id is not null'),
        (1, 'round', "''", 'bet_id is null'),
    ] %}
        select
            *,
            {{ place }} as place,
            '{{ looked_by }}' as looked_by,
            {{ looked_for }} as looked_for
        from asked
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

{% set bet = round ~ ', issuer_id, provider_id, game_id, names_provider, has_bet_id, has_one_issuer, placed_at' %}
offered as (

    select {{ bet }}, bet_id, 'txn' as looked_by, txn_id as looked_for from placements where txn_id is not null
    union all
    select {{ bet }}, bet_id, 'bet' as looked_by, bet_id as looked_for from placements where has_bet_id
    union all
    select {{ bet }}, bet_id, 'unnamed' as looked_by, '' as looked_for from placements where not has_bet_id
    union all
    select {{ bet }}, cast(null as string) as bet_id, 'round' as looked_by, '' as looked_for from placements

),

-- When it was placed matters only where there are several to choose from.
candidates as (

    select
        {{ round }},
        looked_by,
        looked_for,
        issuer_id,
        provider_id,
        game_id,
        bet_id,
        names_provider,
        has_bet_id,
        min(placed_at) as placed_at
    from offered
    group by
        {{ round }}, looked_by, looked_for, issuer_id, provider_id, game_id, bet_id, names_provider,
        has_bet_id, case when not has_one_issuer then placed_at end

),

stepped as (

    select
        lookups.brand,
        lookups.player_id,
        lookups.round_id,
        lookups.kind,
        lookups.event_id,
        lookups.event_at,
        lookups.place,
        candidates.issuer_id,
        candidates.bet_id,
        candidates.placed_at,
        candidates.names_provider and lookups.named_provider_id is not null as both_name_one,
        case
            when lower(lookups.named_provider_id) = lower(candidates.provider_id) then 1
            when
                lookups.named_provider_id is not null
                and not candidates.names_provider
                and (lookups.game_id = candidates.game_id or candidates.provider_id = 'unknown')
                then 2
            when lookups.game_id = candidates.game_id then 3
            when lookups.named_provider_id is not null then null
            when lower(lookups.catalogue_provider_id) = lower(candidates.provider_id) then 4
            else 5
        end as step
    from lookups
    inner join candidates using ({{ round }}, looked_by, looked_for)
    where
        lookups.looked_by != 'txn'
        or lookups.bet_id is null
        or not candidates.has_bet_id
        or lookups.bet_id = candidates.bet_id

),

-- Grouped at once, so that a round of thousands of bets and events is never kept as pairs of them.
reached as (

    select
        {{ event }},
        place,
        step,
        issuer_id,
        bet_id,
        bool_or(both_name_one and step = 3) as is_mismatch,
        max(case when placed_at <= event_at then placed_at end) as before_at,
        min(case when placed_at > event_at then placed_at end) as after_at
    from stepped
    where step is not null
    group by {{ event }}, place, step, issuer_id, bet_id

),

ranked as (

    select
        *,
        dense_rank() over (partition by {{ event }} order by place, step) as group_no,
        rank() over (
            partition by {{ event }}
            order by
                place asc, step asc, case when before_at is null then 1 else 0 end asc, before_at desc,
                case when before_at is null then after_at end asc
        ) as rank_no
    from reached

),

chosen as (

    select
        {{ event }},
        min(case when rank_no = 1 then issuer_id end) as first_issuer_id,
        max(case when rank_no = 1 then issuer_id end) as last_issuer_id,
        min(case when rank_no = 1 then bet_id end) as bet_id,
        bool_or(rank_no = 1 and is_mismatch) as is_mismatch,
        min(issuer_id) != max(issuer_id) as is_guessed
    from ranked
    where group_no = 1
    group by {{ event }}

),

issuers as (

    select
        {{ event }},
        case when first_issuer_id = last_issuer_id then first_issuer_id end as issuer_id,
        case when first_issuer_id = last_issuer_id then bet_id end as bet_id,
        is_mismatch,
        is_guessed,
        first_issuer_id != last_issuer_id as is_ambiguous
    from chosen

)

select * from issuers
