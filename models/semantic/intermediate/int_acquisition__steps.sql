with

roads as (

    select * from {{ ref('int_acquisition__roads') }}

),

orders as (

    select * from {{ ref('int_acquisition__orders') }}

),

-- An organic road begins at the registration.
steps as (

    select
        roads.*,
        orders.step_index,
        orders.step,
        orders.place,
        case when roads.is_organic then 3 else 1 end as first_place,
        case
            {%- for place in range(1, 7) %}
                when orders.place = {{ place }} then roads.step_{{ place }}_at
            {%- endfor %}
        end as reached_at,
        case
            {%- for place in range(2, 7) %}
                when orders.place = {{ place }} then roads.step_{{ place - 1 }}_at
            {%- endfor %}
        end as previous_reached_at
    from roads
    inner join orders on roads.order_of = orders.order_of

),

judged as (

    select

        ---------- grain
        brand,
        visitor_id,
        step_index,
        step,

        ---------- the road
        cohort_day,
        channel,
        campaign_id,
        creative_id,
        is_ahead,

        ---------- the step
        place = first_place as is_first,
        place <= level as is_reached,
        place > first_place and place - 1 <= level as is_previous_reached,
        (place = 1 and is_view_implied) or (place = 2 and is_click_implied) as is_step_implied,
        (place = 2 and is_view_implied) or (place = 3 and is_click_implied) as is_previous_implied,
        {{ ms_between('previous_reached_at', 'reached_at') }} as since_previous_ms

    from steps

    where place >= first_place

),

told as (

    select

        ---------- grain
        brand,
        visitor_id,
        step_index,
        step,

        ---------- the road
        cohort_day,
        channel,
        campaign_id,
        creative_id,
        is_ahead,

        ---------- the step
        is_first,
        is_reached,
        is_previous_reached,
        is_reached and is_step_implied as is_implied,
        is_previous_reached and not is_previous_implied as is_previous_told,
        is_previous_reached and not is_previous_implied and is_reached and not is_step_implied as is_transition_told,
        case
            when is_previous_reached and not is_previous_implied and is_reached and not is_step_implied
                then since_previous_ms
        end as transition_ms

    from judged

)

select * from told
