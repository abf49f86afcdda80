"""Engine, identity, transactions, tenancy, migrations, embedded server."""
