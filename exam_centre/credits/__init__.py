"""What we claim from the credit bank: claims, the outbox, receipts and reconciliation."""
