"""What the worker can show: credentials, certificates, their status and public verification."""
