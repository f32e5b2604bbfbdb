"""The bundled PostgreSQL and Valkey, and everything make run starts."""
