"""What leaves the warehouse: published marts and outside checks."""
