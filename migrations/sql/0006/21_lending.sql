-- For which part of the booked time a piece of equipment is lent, by its code: {"projector": ["13:00", "15:00"]}. What is
-- not named is lent for all of it. The stock of an instant is kept by the key of occupancy, as for everything else.
ALTER TABLE booking ADD COLUMN lent jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(lent) = 'object');

-- Times between its beginning and its end in which a booking could not be used (rain), and which it does not pay:
-- [["10:00", "11:00"]]. The place stays occupied: nobody else could use it then.
ALTER TABLE booking ADD COLUMN unused jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(unused) = 'array');
