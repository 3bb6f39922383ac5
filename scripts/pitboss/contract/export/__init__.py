"""The contracts in the languages of others: JSON Schema for producers, ODCS for readers."""
