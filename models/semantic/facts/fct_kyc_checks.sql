{%- set relations = {
    'started': 'stg_compliance__kyc_starts',
    'verified': 'stg_compliance__kyc_verifications',
    'failed': 'stg_compliance__kyc_failures',
} -%}

with

words as (

    {%- for word, relation in relations.items() %}
        select
            brand,
            player_id,
            coalesce(case_id, 'none') as case_id,
            event_id,
            jurisdiction,
            level,
            vendor,
            reason,
            event_at,
            '{{ word }}' as word
        from {{ ref(relation) }}
        where player_id is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

numbered as (

    select
        *,
        row_number() over (partition by brand, player_id, case_id, word, event_id order by event_at) as copy_no
    from words

),

-- An id that comes again on another day is the same event. The latest word says where the case stands.
once as (

    select
        *,
        row_number() over (partition by brand, player_id, case_id order by event_at desc, event_id desc) as word_no
    from numbered
    where copy_no = 1

),

cases as (

    select
        brand,
        player_id,
        case_id,
        max(case when word_no = 1 then word end) as status,
        coalesce(max(case when word_no = 1 then jurisdiction end), 'XX') as jurisdiction,
        max(case when word_no = 1 then level end) as level,
        max(case when word_no = 1 then vendor end) as vendor,
        max(case when word_no = 1 and word = 'failed' then reason end) as failure_reason,
        count(case when word = 'started' then 1 end) as starts,
        count(case when word = 'failed' then 1 end) as failures,
        min(case when word = 'started' then event_at end) as started_at,
        min(case when word = 'verified' then event_at end) as verified_at,
        max(event_at) as decided_at
    from once
    group by
        brand,
        player_id,
        case_id

),

checks as (

    select

        ---------- ids
        cases.brand,
        cases.player_id,
        cases.case_id,

        ---------- strings
        cases.jurisdiction,
        cases.status,
        cases.level,
        cases.vendor,
        cases.failure_reason,

        ---------- counts
        cast(cases.starts as bigint) as starts,
        cast(cases.failures as bigint) as failures,

        ---------- times
        cases.started_at,
        cases.verified_at,
        cases.decided_at as last_word_at,
        {{ latency_or_null(ms_between('cases.started_at', 'cases.verified_at')) }} as verification_ms,
        {{ gaming_day('coalesce(cases.started_at, cases.decided_at)', 'jurisdictions') }} as gaming_day

    from cases

    left join jurisdictions on cases.jurisdiction = jurisdictions.jurisdiction

)

select * from checks
