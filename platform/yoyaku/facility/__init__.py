"""Facilities, spaces, equipment, timetables, closed days."""
