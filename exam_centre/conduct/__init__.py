"""What went wrong and who decides: incidents and offence cases."""
