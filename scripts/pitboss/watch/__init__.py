"""Watching what arrives: the gate judges each load before it counts, the producers' report says what changed in what they send."""
