DROP TABLE idempotency_keys;
DROP TABLE timers;
DROP TABLE deliveries;
DROP TABLE delivery_states;
DROP TABLE event_log;
DROP TABLE event_tail;
DROP TABLE events;
