"""What happens when contracts change: who is broken, which event shows it, which version it needs."""
