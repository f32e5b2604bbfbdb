"""Letters by email: an outbox in the database, sent by a job, without personal data in them."""
