{#
    Names every experiment whose control nobody has named, with what rests on it, after a run that built its results. A warning and no failure:
    results can be read before anyone has filled in the seed, by whoever knows with what they compare.
#}
{% macro warn_assumed_controls(results) %}
    {% set found = results | selectattr('node.name', 'eq', 'experiment_results') | selectattr('status', 'eq', 'success') | list %}
    {% if execute and found %}
        {% set assumed %}
            select variants.experiment, variants.variant, count(results.metric) as result_rows
            from {{ graph.nodes['model.' ~ project_name ~ '.int_experiments__variants'].relation_name }} as variants
            left join {{ found[0].node.relation_name }} as results on variants.experiment = results.experiment
            where variants.is_assumed_control
            group by variants.experiment, variants.variant
            order by variants.experiment
        {% endset %}
        {% for row in run_query(assumed) %}
            {% do print('warning: no control of experiment ' ~ shown(row['experiment']) ~ ' is named: ' ~ row['result_rows']
                ~ (' row' if row['result_rows'] == 1 else ' rows') ~ ' of marts.experiment_results compare with ' ~ shown(row['variant'])
                ~ ', the first by name. Mark one in seeds/experiments.csv (is_control).') %}
        {% endfor %}
    {% endif %}
{% endmacro %}
