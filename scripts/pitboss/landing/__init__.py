"""From raw JSON lines to typed Parquet under a ledger."""
