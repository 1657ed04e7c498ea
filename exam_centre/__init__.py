"""Exam Centre: exams where workers work, from the approved venue to the credit bank."""
