"""The event contracts: read once from the dbt sources, everything else is derived from them."""
