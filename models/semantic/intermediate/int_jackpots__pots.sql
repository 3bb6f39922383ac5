with

contributions as (

    select * from {{ ref('stg_gameplay__jackpot_contributions') }} where pot_scope is not null

),

scopes as (

    -- A pot that anybody calls the network's is the network's.
    select
        brand,
        pot_id,
        max(pot_scope) as pot_scope
    from contributions
    group by brand, pot_id

),

pots as (

    select
        scopes.brand,
        scopes.pot_id,
        scopes.pot_scope,
        min(contributions.changed_seq) as known_seq
    from scopes
    inner join contributions
        on
            scopes.brand = contributions.brand
            and scopes.pot_id = contributions.pot_id
            and scopes.pot_scope = contributions.pot_scope
    group by scopes.brand, scopes.pot_id, scopes.pot_scope

)

select * from pots
