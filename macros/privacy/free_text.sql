{#
    Columns that producers fill as they like, one row per event and column. `words` are columns that hold nothing but a word or a
    sentence; the others hold ids, paths and names of campaigns. Ids are looked at too: an e-mail address makes a tempting player id.
#}
{% macro free_text(only_words=false) -%}
    {%- set words = {
        'stg_account__registrations': ['channel'],
        'stg_account__session_ends': ['end_reason'],
        'stg_cashier__chargebacks': ['scheme_reason'],
        'stg_cashier__deposit_declines': ['code'],
        'stg_cashier__withdrawal_declines': ['reason_code'],
        'stg_compliance__kyc_failures': ['reason', 'vendor'],
        'stg_compliance__rg_interactions': ['outcome'],
        'stg_compliance__rg_blocked_bets': ['reason'],
        'stg_gameplay__refunds': ['reason_code', 'actor'],
        'stg_gameplay__settlements': ['outcome'],
        'stg_gameplay__voids': ['reason_code', 'actor'],
        'stg_marketing__crm_messages_sent': ['reason'],
        'stg_marketing__utm_touches': ['utm_source', 'utm_term'],
        'stg_quality__errors_5xx': ['error_class'],
    } -%}
    {%- set ids = {
        'stg_landing__events': ['player_id', 'anonymous_id', 'session_id', 'trace_id'],
        'stg_account__registrations': ['affiliate_id'],
        'stg_cashier__bonuses': ['template_id'],
        'stg_cashier__wallet_credits': ['ref_id'],
        'stg_cashier__wallet_debits': ['ref_id'],
        'stg_cashier__withdrawal_approvals': ['approver'],
        'stg_gameplay__bets': ['market', 'paytable'],
        'stg_marketing__crm_messages_sent': ['message_id'],
        'stg_marketing__install_referrers': ['referrer_campaign'],
        'stg_marketing__utm_touches': ['utm_campaign', 'utm_content', 'landing_path'],
        'stg_quality__errors_5xx': ['endpoint'],
    } -%}
    {%- for columns_of in ([words] if only_words else [words, ids]) %}
        {%- for relation, columns in columns_of.items() %}
            {%- for column in columns %}
    select
        '{{ relation }}.{{ column }}' as field,
        {{ column }} as text
    from {{ ref(relation) }}
    where {{ column }} is not null
    union all
            {%- endfor %}
        {%- endfor %}
    {%- endfor %}
    select
        cast(null as string) as field,
        cast(null as string) as text
    where false
{%- endmacro %}
