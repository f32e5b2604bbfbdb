"""Work that happens after the request: the job table, RQ and the worker."""
