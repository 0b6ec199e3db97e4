-- Statistics go in SQLite alone: PostgreSQL gathers its own as tables grow, and asks how large they are when it plans.
SELECT 1;
