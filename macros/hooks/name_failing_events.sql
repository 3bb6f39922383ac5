{#
    After a data test failed: the landed events behind the rows that it found, and what sets them aside. By the keys that those rows have
    (a bet's round, a deposit, a player's day); a test that gives but one column names its model, where the rest of the row stands.
#}
{% macro name_failing_events(results) %}
    {% if execute %}
        {% set most = 5 %}
        {% set failed = results | selectattr('node.resource_type', 'eq', 'test') | selectattr('status', 'eq', 'fail') | list %}
        {% for result in failed[:most] %}
            {% for event in events_behind(result.node, most) %}
                {% do print(
                    'failed: ' ~ result.node.name ~ ': event ' ~ shown(event['event_id']) ~ ' (' ~ event['event'] ~ ' of ' ~ event['event_day']
                    ~ ') of load ' ~ event['load_id'] ~ ', ' ~ shown(event['channel'] ~ '/' ~ event['file'])
                ) %}
            {% endfor %}
        {% endfor %}
        {% if failed %}
            {% do print('Where an event is at fault, `pitboss set-aside EVENT_ID --reason WHY` leaves it out of everything, and `pitboss retract LOAD` the whole file.') %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# Columns by which a row finds its events, in the order in which they are asked: the first that a row has names the fewest. #}
{% macro keys_of_events() %}
    {{ return(['event_id', 'bet_id', 'round_id', 'deposit_id', 'withdrawal_id', 'bonus_id', 'txn_id', 'session_id', 'trace_id', 'player_id']) }}
{% endmacro %}

{% macro events_behind(node, most) %}
    {% set found = run_query('select * from (' ~ node.compiled_code ~ ') as failing limit ' ~ most) %}
    {% set names = found.column_names | map('lower') | list %}
    {% if node.attached_node and not (keys_of_events() | select('in', names) | list) and node.column_name %}
        {% set model = graph.nodes[node.attached_node] %}
        {% set found = run_query(
            'select * from ' ~ model.relation_name ~ ' where coalesce(cast(' ~ node.column_name ~ ' as string), ' ~ "''" ~ ') in (select coalesce(cast('
            ~ adapter.quote(found.column_names[0]) ~ ' as string), ' ~ "''" ~ ') from (' ~ node.compiled_code ~ ') as failing) limit ' ~ most
        ) %}
        {% set names = found.column_names | map('lower') | list %}
    {% endif %}
    {% set days = ['gaming_day', 'event_day', 'day'] | select('in', names) | list %}
    {% set said = namespace(events=[]) %}
    {# where a row names nobody, whatever lies on its day #}
    {% for key in keys_of_events() + days if key in names and not said.events %}
        {% set wanted = [] %}
        {% for row in found if row[key] is not none %}
            {% set at = "event_day between cast('" ~ row[days[0]] ~ "' as date) - 1 and cast('" ~ row[days[0]] ~ "' as date) + 1 and " if days and row[days[0]] else '' %}
            {% set is_key = key not in days %}
            {% set same = [] %}
            {% for column in ([key] if is_key else ['brand', 'jurisdiction']) if column in names and row[column] is not none %}
                {% do same.append(column ~ " = '" ~ (row[column] | string | replace("'", "''")) ~ "'") %}
            {% endfor %}
            {% do wanted.append('(' ~ at ~ (same | join(' and ') or 'true') ~ ')') %}
        {% endfor %}
        {% set said.events = events_with(key, wanted, 2 * most) if wanted else [] %}
    {% endfor %}
    {{ return(said.events) }}
{% endmacro %}

{# Landed events that count and have a key, under conditions of which one must hold: event, id, day, load, channel and file. #}
{% macro events_with(key, conditions, most) %}
    {% set envelope = landed_columns(landing_source('landing', 'events')) | map(attribute='name') | list %}
    {% set selects = [] %}
    {% for contract in landing_contracts() if key in envelope + ['gaming_day', 'event_day', 'day'] + (landed_columns(contract) | map(attribute='name') | list) %}
        {% do selects.append(
            "select '" ~ contract.name ~ "' as event, event_id, event_day, load_seq from landing." ~ contract.name
            ~ ' where not is_left_out and (' ~ conditions | join(' or ') ~ ')'
        ) %}
    {% endfor %}
    {{ return(run_query(
        'select said.event, said.event_id, said.event_day, loads.load_id, loads.channel, loads.file from (' ~ selects | join(' union all ')
        ~ ') as said inner join landing.loads as loads on said.load_seq = loads.load_seq order by 1, 2 limit ' ~ most
    ) | list) }}
{% endmacro %}
