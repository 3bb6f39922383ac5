{{ config(group='core') }}
-- depends_on: {{ ref('stg_landing__events') }}
-- The mistake: a field changes its type without notice, and everything downstream casts, truncates or breaks.
-- Found where a column of a landing view is missing or has another type than its contract says.
with

contracts as (

    {% if execute %}
        {%- for contract in landing_contracts() %}
            {%- for column in landed_columns(contract) %}
                select
                    '{{ contract.name }}' as event,
                    '{{ column.name }}' as field,
                    '{{ column.type | lower | replace(' ', '') }}' as said_type
                union all
            {%- endfor %}
        {%- endfor %}
    {% endif %}
    select
        cast(null as string) as event,
        cast(null as string) as field,
        cast(null as string) as said_type
    where false

),

views as (

    select
        table_name as event,
        column_name as field,
        replace(lower(data_type), ' ', '') as seen_type
    from information_schema.columns
    where table_schema = 'landing'

)

select
    contracts.event,
    contracts.field,
    contracts.said_type,
    views.seen_type
from contracts
left join views
    on
        contracts.event = views.event
        and contracts.field = views.field
where coalesce(views.seen_type, 'missing') <> contracts.said_type
