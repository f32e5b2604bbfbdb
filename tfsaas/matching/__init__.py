"""Whether two records are about one person: pure, without a database, the same for a load, the queue and two files."""
