{{ config(group='core') }}
{#- Columns that producers fill as they like. Ids are among them: an e-mail address makes a tempting player id. -#}
{%- set free = {
    'stg_landing__events': ['player_id', 'anonymous_id', 'session_id', 'trace_id'],
    'stg_account__registrations': ['channel', 'affiliate_id'],
    'stg_account__session_ends': ['end_reason'],
    'stg_cashier__bonuses': ['template_id'],
    'stg_cashier__chargebacks': ['scheme_reason'],
    'stg_cashier__deposit_declines': ['code'],
    'stg_cashier__wallet_credits': ['ref_id'],
    'stg_cashier__wallet_debits': ['ref_id'],
    'stg_cashier__withdrawal_approvals': ['approver'],
    'stg_cashier__withdrawal_declines': ['reason_code'],
    'stg_compliance__kyc_failures': ['reason', 'vendor'],
    'stg_compliance__rg_interactions': ['outcome'],
    'stg_compliance__rg_blocked_bets': ['reason'],
    'stg_gameplay__bets': ['market', 'paytable'],
    'stg_gameplay__refunds': ['reason_code', 'actor'],
    'stg_gameplay__settlements': ['outcome'],
    'stg_gameplay__voids': ['reason_code', 'actor'],
    'stg_marketing__crm_messages_sent': ['message_id', 'reason'],
    'stg_marketing__install_referrers': ['referrer_campaign'],
    'stg_marketing__utm_touches': ['utm_source', 'utm_campaign', 'utm_content', 'utm_term', 'landing_path'],
    'stg_quality__errors_5xx': ['endpoint', 'error_class'],
} -%}
{%- set patterns = {
    'e-mail': '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+[.][A-Za-z]{2,}',
    'IP address': '\\b(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})([.](25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}\\b',
    'card number': '\\b[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,4}\\b',
} -%}
-- The mistake: personal data travel in a text field that nobody thought of, past the vault, into every copy.
-- Found where such a field looks like an e-mail address, an IP address or a card number.
with

texts as (

    {%- for relation, columns in free.items() %}
        {%- for column in columns %}
            select
                '{{ relation }}.{{ column }}' as field,
                {{ column }} as text
            from {{ ref(relation) }}
            where {{ column }} is not null
            union all
        {%- endfor %}
    {%- endfor %}
    select
        cast(null as string) as field,
        cast(null as string) as text
    where false

),

looks as (

    select
        field,
        case
            {%- for name, pattern in patterns.items() %}
                when {{ matches('text', pattern) }} then '{{ name }}'
            {%- endfor %}
        end as looks_like
    from texts

)

-- The values stay out of the result: it is written to logs.
select
    field,
    looks_like,
    count(*) as events
from looks
where looks_like is not null
group by
    field,
    looks_like
