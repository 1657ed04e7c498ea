"""Practicals at stations: lots drawn at the door, assessors, and the mark they bring."""
