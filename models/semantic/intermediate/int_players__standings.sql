{%- set kyc = {
    'started': 'stg_compliance__kyc_starts',
    'verified': 'stg_compliance__kyc_verifications',
    'failed': 'stg_compliance__kyc_failures',
} -%}

with

-- Everything said about where a player stands, as (topic, word, until). The latest word on a topic holds.
words as (

    {%- for status, relation in kyc.items() %}
        select
            brand,
            player_id,
            event_id,
            event_at,
            'kyc' as topic,
            '{{ status }}' as word
        from {{ ref(relation) }}
        union all
    {%- endfor %}
    select
        brand,
        player_id,
        event_id,
        event_at,
        purpose as topic,
        case when granted then 'granted' else 'refused' end as word
    from {{ ref('stg_account__consents') }}

),

latest as (

    select
        *,
        row_number() over (partition by brand, player_id, topic order by event_at desc, event_id desc) as word_no
    from words
    where player_id is not null

),

words_that_hold as (

    select
        brand,
        player_id,
        max(case when topic = 'kyc' then word end) as kyc_status,
        max(case when topic = 'kyc' then event_at end) as kyc_at,
        bool_or(case when topic = 'marketing' then word = 'granted' end) as has_marketing_consent,
        bool_or(case when topic = 'profiling' then word = 'granted' end) as has_profiling_consent
    from latest
    where word_no = 1
    group by
        brand,
        player_id

),

-- Neither an exclusion nor a cool-off is lifted by a later, shorter one: the longest holds, and one without an end has
-- none.
exclusions as (

    select
        brand,
        player_id,
        max(coalesce(ends_at, cast('9999-12-31' as timestamp))) as self_excluded_until
    from {{ ref('stg_compliance__self_exclusions') }}
    where player_id is not null
    group by
        brand,
        player_id

),

cool_offs as (

    select
        brand,
        player_id,
        max(coalesce(ends_at, cast('9999-12-31' as timestamp))) as cool_off_until
    from {{ ref('stg_compliance__cool_offs') }}
    where player_id is not null
    group by
        brand,
        player_id

),

keys as (

    select
        brand,
        player_id
    from words_that_hold
    union
    select
        brand,
        player_id
    from exclusions
    union
    select
        brand,
        player_id
    from cool_offs

),

standings as (

    select
        keys.brand,
        keys.player_id,
        words_that_hold.kyc_status,
        words_that_hold.kyc_at,
        words_that_hold.has_marketing_consent,
        words_that_hold.has_profiling_consent,
        exclusions.self_excluded_until,
        cool_offs.cool_off_until
    from keys
    left join words_that_hold on keys.brand = words_that_hold.brand and keys.player_id = words_that_hold.player_id
    left join exclusions on keys.brand = exclusions.brand and keys.player_id = exclusions.player_id
    left join cool_offs on keys.brand = cool_offs.brand and keys.player_id = cool_offs.player_id

)

select * from standings
