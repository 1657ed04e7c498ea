"""The words every room shares: database, errors, flows, permissions, clock, keys, tokens, audit, outbox."""
