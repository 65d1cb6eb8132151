DROP TABLE attachment_texts;
DROP TABLE search_texts;
DROP TABLE search_index;
