{#
    Names every currency, game, jurisdiction, policy, affiliate and provider that landed data use and the seeds do not know, and the rows
    that it touches, after a run that built the model that finds them. A warning and no failure: a newcomer's data must build before
    anyone has filled in the seeds.
#}
{% macro warn_unknown_names(results) %}
    {% set found = results | selectattr('node.name', 'eq', 'int_unknown__names') | selectattr('status', 'eq', 'success') | list %}
    {% if execute and found %}
        {% set most = 10 %}
        {% set names %}
            select *
            from (
                select
                    *,
                    row_number() over (partition by kind order by events desc, name) as place,
                    count(*) over (partition by kind) as names
                from {{ found[0].node.relation_name }}
            ) as ranked
            where place <= {{ most }}
            order by kind, place
        {% endset %}
        {% for row in run_query(names) %}
            {% set days = row['days'] ~ (' day, ' if row['days'] == 1 else ' days, ')
                ~ (row['first_day'] if row['days'] == 1 else row['first_day'] ~ ' to ' ~ row['last_day']) %}
            {% do print('warning: ' ~ unknown_name(row['kind'], shown(row['name']), days, touched_rows(row))) %}
            {% if row['place'] == most and row['names'] > most %}
                {% do print('... and ' ~ (row['names'] - most) ~ ' more (select * from semantic.int_unknown__names)') %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# Where names are met: a column of int_unknown__names, which counts the rows, and the relation in which these stand. #}
{% macro relations_with_names() %}
    {{ return({
        'bets': 'fct_bets', 'deposits': 'fct_deposits', 'withdrawals': 'fct_withdrawals', 'movements': 'fct_wallet_movements',
        'bonuses': 'int_bonuses__costs', 'registrations': 'int_players__registrations', 'round_events': 'int_bets__events'
    }) }}
{% endmacro %}

{# Rows that a name touches, by the relation in which they stand. #}
{% macro touched_rows(row) %}
    {% set touched = [] %}
    {% for column, relation in relations_with_names().items() if row[column] %}
        {% do touched.append('{:,}'.format(row[column]) ~ ' in ' ~ relation) %}
    {% endfor %}
    {{ return(('row: ' if row['events'] == 1 else 'rows: ') ~ touched | join(', ')) }}
{% endmacro %}

{# What is missing, when, what that does to the figures, in which rows, and where to mend it. #}
{% macro unknown_name(kind, name, days, rows) %}
    {% if kind == 'currency_rate' %}
        {{ return('no rate from ' ~ name ~ ' to ' ~ var('reporting_currency') ~ ' on ' ~ days
            ~ ': _base columns are null there (' ~ rows ~ '). Add rows to seeds/fx_rates.csv.') }}
    {% elif kind == 'currency' %}
        {{ return('unknown currency ' ~ name ~ ' on ' ~ days ~ ': its amounts are kept as they came (' ~ rows
            ~ '). Add it to seeds/currencies.csv.') }}
    {% elif kind == 'game' %}
        {{ return('unknown game ' ~ name ~ ' on ' ~ days ~ ': theoretical figures only where its events carry an RTP (' ~ rows
            ~ '). Add it to seeds/games.csv.') }}
    {% elif kind == 'affiliate' %}
        {{ return('no deal with affiliate ' ~ name ~ ', whose players registered on ' ~ days ~ ': no commission is booked for them ('
            ~ rows ~ '). Add it to seeds/affiliate_deals.csv, with their brand.') }}
    {% elif kind == 'policy' %}
        {{ return('no NGR policy for ' ~ name ~ ' on ' ~ days ~ ': that of XX is used, and no net revenue of it is verified ('
            ~ rows ~ '). Add rows to seeds/ngr_policies.csv.') }}
    {% elif kind == 'provider' %}
        {{ return('two providers of one round, ' ~ name ~ ', on ' ~ days ~ ': what names one finds no bet of the other but by its game ('
            ~ rows ~ '). If they are one, add it to seeds/provider_aliases.csv.') }}
    {% endif %}
    {{ return('unknown jurisdiction ' ~ name ~ ' on ' ~ days ~ ': its gaming day is the UTC day, its policy that of XX (' ~ rows
        ~ '). Add it to seeds/jurisdictions.csv.') }}
{% endmacro %}
