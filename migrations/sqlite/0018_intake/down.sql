DROP TABLE application_answers;
DROP TABLE application_consents;
DROP TABLE job_posts;
DROP TABLE job_post_states;
