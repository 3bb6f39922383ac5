{#
    Which steps the events of one moment can serve, one event a step: the part of the funnel that knows about repeated and
    overlapping steps. By Hall's theorem steps find an event each if every set of their conditions is met by enough events. Only sets of
    conditions that may overlap have to be looked at together: conditions that ask one column for two literals exclude each other.
#}

{# The literal that a condition asks a column for, as (column, literal); none where it is not plainly a conjunction that begins so. #}
{% macro asked_literal(condition) %}
    {%- set found = modules.re.match("^\s*([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*'([^']*)'\s*(and\s.*)?$", condition, modules.re.I + modules.re.S) -%}
    {%- if found and not modules.re.search('\\b(or|case)\\b', found.group(3) or '', modules.re.I) -%}
        {{ return((found.group(1) | lower, found.group(2))) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{# Sets of conditions (lists of 0-based numbers) that have to be counted together, the singles among them. #}
{% macro condition_sets(conditions) %}
    {%- set literals = [] -%}
    {%- for condition in conditions %}{% do literals.append(asked_literal(condition)) %}{% endfor -%}
    {%- set groups = [] -%}
    {%- for number in range(conditions | length) -%}
        {%- set joined = [number] -%}
        {%- for group in groups | list -%}
            {%- set overlapping = [] -%}
            {%- for other in group -%}
                {%- set one, two = literals[number], literals[other] -%}
                {%- if one is none or two is none or one[0] != two[0] or one[1] == two[1] %}{% do overlapping.append(other) %}{% endif -%}
            {%- endfor -%}
            {%- if overlapping %}{% do joined.extend(group) %}{% do groups.remove(group) %}{% endif -%}
        {%- endfor -%}
        {%- do groups.append(joined | sort) -%}
    {%- endfor -%}
    {%- set sets = [] -%}
    {%- for group in groups -%}
        {%- set subsets = [[]] -%}
        {%- for number in group -%}
            {%- for subset in subsets | list %}{% do subsets.append(subset + [number]) %}{% endfor -%}
        {%- endfor -%}
        {%- do sets.extend(subsets[1:]) -%}
    {%- endfor -%}
    {{ return(sets) }}
{% endmacro %}

{# Column that counts the events of a moment that meet any condition of a set. #}
{% macro set_column(set) -%}
    {{ return('f_n_' ~ set | join('_')) }}
{%- endmacro %}

{# Whether the events of one moment can serve the steps first..last. `numbers` holds the condition number of every step. #}
{% macro serves(first, last, numbers, sets) -%}
    {%- set wanted = numbers[first - 1:last] -%}
    {%- set terms = [] -%}
    {%- for set in sets -%}
        {%- set needed = [] -%}
        {%- for number in wanted if number in set %}{% do needed.append(number) %}{% endfor -%}
        {%- if needed | unique | list | length == set | length -%}
            {%- do terms.append(set_column(set) ~ ' >= ' ~ needed | length) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(terms | join(' and ')) }}
{%- endmacro %}

{# Most steps that find an event each, given how many events meet each set of conditions (the same theorem, as a number). #}
{% macro steps_served(numbers, sets, prefix='f_n_') -%}
    {%- set groups = [] -%}
    {%- for set in sets -%}
        {%- set wider = [] -%}
        {%- for other in sets if other | length > set | length and set[0] in other %}{% do wider.append(other) %}{% endfor -%}
        {%- if not wider %}{% do groups.append(set) %}{% endif -%}
    {%- endfor -%}
    {%- set terms = [] -%}
    {%- for group in groups -%}
        {%- set bounds = [numbers | select('in', group) | list | length] -%}
        {%- for set in sets if set[0] in group -%}
            {%- set rest = [] -%}
            {%- for number in numbers if number in group and number not in set %}{% do rest.append(number) %}{% endfor -%}
            {%- do bounds.append(prefix ~ set | join('_') ~ ' + ' ~ rest | length) -%}
        {%- endfor -%}
        {%- do terms.append('least(' ~ bounds | join(', ') ~ ')') -%}
    {%- endfor -%}
    {{ return(terms | join(' + ')) }}
{%- endmacro %}
