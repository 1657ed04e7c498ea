"""Theses written on the job: from topic to defence, and the mark they bring."""
