"""The revisions of the tables; one that was released is never changed."""
