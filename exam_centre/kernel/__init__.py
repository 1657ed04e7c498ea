"""The words every room shares: database, errors, flows, permissions, keys, audit, outbox."""
