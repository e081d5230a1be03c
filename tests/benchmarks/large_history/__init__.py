"""The history with very many grants, on PostgreSQL: ``make bench-history``."""
