DROP TABLE application_batch_items;
DROP TABLE application_batches;
