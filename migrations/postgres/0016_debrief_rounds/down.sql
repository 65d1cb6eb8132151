DROP TABLE debrief_rounds;
