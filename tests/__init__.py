"""The suite: rules without a database, one folder a package, the whole app, and journeys."""
