{#
    Names every currency, game, jurisdiction and affiliate that landed data use and the seeds do not know, after a run that built the model
    that finds them. A warning and no failure: a newcomer's data must build before anyone has filled in the seeds.
#}
{% macro warn_unknown_names(results) %}
    {% set found = results | selectattr('node.name', 'eq', 'int_unknown__names') | selectattr('status', 'eq', 'success') | list %}
    {% if execute and found %}
        {% set shown = 10 %}
        {% set names %}
            select kind, name, first_day, last_day, days, events, place, names
            from (
                select
                    *,
                    row_number() over (partition by kind order by events desc, name) as place,
                    count(*) over (partition by kind) as names
                from {{ found[0].node.relation_name }}
            ) as ranked
            where place <= {{ shown }}
            order by kind, place
        {% endset %}
        {% for row in run_query(names) %}
            {% set days = row['days'] ~ (' day, ' if row['days'] == 1 else ' days, ')
                ~ (row['first_day'] if row['days'] == 1 else row['first_day'] ~ ' to ' ~ row['last_day']) %}
            {% do print('warning: ' ~ unknown_name(row['kind'], row['name'], days)) %}
            {% if row['place'] == shown and row['names'] > shown %}
                {% do print('... and ' ~ (row['names'] - shown) ~ ' more (select * from semantic.int_unknown__names)') %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# What is missing, when, what that does to the figures, and where to mend it. #}
{% macro unknown_name(kind, name, days) %}
    {% if kind == 'currency_rate' %}
        {{ return('no rate from ' ~ name ~ ' to ' ~ var('reporting_currency') ~ ' on ' ~ days
            ~ ': _base columns are null there. Add rows to seeds/fx_rates.csv.') }}
    {% elif kind == 'currency' %}
        {{ return('unknown currency ' ~ name ~ ' on ' ~ days ~ ': its amounts are kept as they came. Add it to seeds/currencies.csv.') }}
    {% elif kind == 'game' %}
        {{ return('unknown game ' ~ name ~ ' on ' ~ days ~ ': theoretical figures only where its events carry an RTP. Add it to seeds/games.csv.') }}
    {% elif kind == 'affiliate' %}
        {{ return('no deal with affiliate ' ~ name ~ ', whose players registered on ' ~ days
            ~ ': no commission is booked for them. Add it to seeds/affiliate_deals.csv, with their brand.') }}
    {% endif %}
    {{ return('unknown jurisdiction ' ~ name ~ ' on ' ~ days ~ ': its gaming day is the UTC day, its policy that of XX. Add it to seeds/jurisdictions.csv.') }}
{% endmacro %}
