-- And the way back, which nobody times.
DROP TABLE "{schema}".shelves; ALTER TABLE "{schema}".items DROP COLUMN shelf
