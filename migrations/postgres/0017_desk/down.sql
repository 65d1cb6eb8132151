DROP INDEX applications_by_owner;
DROP INDEX applications_waiting;
DROP INDEX applications_on_board;
