-- What a small revision is at the least: a column more and a table more, in every schema, one transaction each.
ALTER TABLE "{schema}".items ADD COLUMN shelf text; CREATE TABLE "{schema}".shelves (name text)
